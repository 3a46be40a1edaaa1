package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.source.PageLinks;
import io.caravan.source.SourceException;
import io.caravan.store.IdScope;
import io.caravan.store.Page;
import io.caravan.support.ErrorCode;
import java.util.Optional;

/**
 * A claimed task and the page it has come to.
 *
 * @param url the page to fetch next, absolute; of no meaning once the task is not open
 * @param open whether there is a page left, and leave to ask for it
 * @param pages landed since the walk began, whichever node landed them
 * @param attachments whether the source's profile fetches what records name as a Binary
 */
public record PullTask(ClaimedTask claim, String url, boolean open, int pages, boolean attachments) {

    static PullTask of(ClaimedTask claim) {
        return new PullTask(claim, claim.url(), true, claim.pages(), false);
    }

    PullTask withAttachments(boolean fetched) {
        return new PullTask(claim, url, open, pages, fetched);
    }

    /** The route that carries this kind out: {@code direct:walk-<kind>}. */
    public String kind() {
        return switch (claim.kind()) {
            case "references", "attachment", "vanished" -> claim.kind();
            default -> "pages";
        };
    }

    /** How many tries of the page it has come to there have been, this one included. */
    int tries() {
        return pages == claim.pages() ? claim.attempts() : 1;
    }

    /**
     * The task with its cursor moved to the page's next link, or finished where there is none.
     *
     * @param cap the most pages of one walk
     * @param rebase whether a link to another server means the source
     * @throws SourceException where the link cannot be followed
     */
    PullTask advance(Page page, int cap, boolean rebase) {
        Optional<String> next = page.next();
        if (next.isEmpty()) {
            return landed().finished();
        }
        String target = PageLinks.follow(url, next.get(), rebase ? Optional.of(claim.fhirBaseUrl()) : Optional.empty());
        if (pages + 1 >= cap) {
            throw SourceException.permanent(
                    ErrorCode.TOO_MANY_PAGES,
                    SourceException.Outcome.FAILED,
                    "The source has more than %d pages for this query, the most that its profile allows (page_cap). What they hold was kept."
                            .formatted(cap));
        }
        return new PullTask(claim, target, true, pages + 1, attachments);
    }

    /** The same place, after something landed. */
    PullTask landed() {
        return new PullTask(claim, url, open, pages + 1, attachments);
    }

    PullTask finished() {
        return new PullTask(claim, url, false, pages, attachments);
    }

    IdScope scope() {
        IdScope scope = claim.ids().equals("scoped")
                ? IdScope.scoped(claim.sourceKey(), claim.fhirBaseUrl())
                : IdScope.original(claim.sourceKey(), claim.fhirBaseUrl());
        return scope.withAttachments(attachments);
    }
}
