package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.source.PageLinks;
import io.caravan.source.SourceException;
import io.caravan.store.IdScope;
import io.caravan.store.Page;
import io.caravan.support.ErrorCode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A claimed task and the page it has come to.
 *
 * @param url the page to fetch next, absolute; of no meaning once the task is not open
 * @param open whether there is a page left
 * @param walked the pages fetched since the claim
 */
public record PullTask(ClaimedTask claim, String url, boolean open, Set<String> walked) {

    public PullTask {
        walked = Set.copyOf(walked);
    }

    static PullTask of(ClaimedTask claim) {
        return new PullTask(claim, claim.url(), true, Set.of());
    }

    /** The route that carries this kind out: {@code direct:walk-<kind>}. */
    public String kind() {
        return switch (claim.kind()) {
            case "references", "vanished" -> claim.kind();
            default -> "pages";
        };
    }

    /** The task with its cursor moved to the page's next link, or finished where there is none. */
    PullTask advance(Page page) {
        Optional<String> next = page.next().map(link -> PageLinks.follow(url, link));
        return next.map(this::at).orElseGet(this::finished);
    }

    private PullTask at(String next) {
        if (walked.contains(next)) {
            throw SourceException.permanent(
                    ErrorCode.NEXT_LOOPS,
                    SourceException.Outcome.FAILED,
                    "The source's next links lead back to a page that was read before.");
        }
        Set<String> longer = new HashSet<>(walked);
        longer.add(url);
        return new PullTask(claim, next, true, longer);
    }

    PullTask finished() {
        return new PullTask(claim, url, false, walked);
    }

    IdScope scope() {
        return claim.ids().equals("scoped")
                ? IdScope.scoped(claim.sourceKey(), claim.fhirBaseUrl())
                : IdScope.original(claim.sourceKey(), claim.fhirBaseUrl());
    }
}
