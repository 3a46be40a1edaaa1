package io.caravan.pull;

import io.caravan.connection.TokenException;
import io.caravan.pull.DirectRead.Answer;
import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.source.profile.SourceProfile.Kind;
import io.caravan.store.CutResource;
import io.caravan.store.Page;
import io.caravan.store.PageCutter;
import io.caravan.store.PageUnreadableException;
import io.caravan.support.ErrorCode;
import io.caravan.support.UrlSegment;
import io.caravan.support.payload.Payload;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.springframework.stereotype.Component;

/** Reads single resources by their ids: what others refer to, and what no search shows any more. */
@Component
class DirectReads {

    // Bytes that a batch keeps in memory before they are stored; one that lies in a file is enough for itself.
    private static final int ENOUGH = 4 << 20;

    private final SourceCalls source;
    private final Patience patience;

    DirectReads(SourceCalls source, Patience patience) {
        this.source = source;
        this.patience = patience;
    }

    /**
     * One after the other, until the source cannot be asked any more, or memory has enough of them; what was read until
     * then is not lost. Earlier tries of the task were tries of the first one.
     */
    <T> ReadBatch<T> all(PullTask task, List<T> wanted, BiFunction<PullTask, T, DirectRead> reading) {
        Map<T, DirectRead> read = new LinkedHashMap<>();
        PullTask at = task;
        try {
            int kept = 0;
            for (Iterator<T> next = wanted.iterator(); next.hasNext() && kept < ENOUGH; at = task.landed()) {
                T one = next.next();
                DirectRead answer = reading.apply(at, one);
                read.put(one, answer);
                kept += answer.resource().map(DirectReads::kept).orElse(0);
            }
            return new ReadBatch<>(read, Optional.empty());
        } catch (SourceException | SourceRestsException | TokenException e) {
            return new ReadBatch<>(read, Optional.of(e));
        }
    }

    private static int kept(CutResource resource) {
        return resource.content().held() ? resource.content().length() : ENOUGH;
    }

    /**
     * One resource; a source that has it not, or keeps it from us, costs the other reads of the task nothing.
     *
     * @param id as the source spells it
     * @throws SourceException where nothing can be read now: its task waits, or ends
     */
    DirectRead one(PullTask task, String type, String id) {
        ClaimedTask claim = task.claim();
        try {
            Payload body =
                    source.ask(task, Kind.READ, "%s/%s/%s".formatted(claim.fhirBaseUrl(), type, UrlSegment.encode(id)));
            return judge(claim, type, new PageCutter(task.scope()).cut(body));
        } catch (PageUnreadableException e) {
            return DirectRead.of(Answer.UNREADABLE);
        } catch (SourceException e) {
            return DirectRead.of(answer(task, e));
        }
    }

    private static DirectRead judge(ClaimedTask claim, String type, Page page) {
        Optional<CutResource> found = page.resources().stream()
                .filter(r -> r.type().equals(type))
                .filter(r -> !r.subsetted())
                .findFirst();
        if (found.isEmpty()) {
            page.close();
            return new DirectRead(Answer.UNREADABLE, found, page.warnings());
        }
        if (RightPatient.somebodyElses(found.get(), claim.patientId())) {
            page.close();
            return DirectRead.of(Answer.OTHER_PATIENT);
        }
        return new DirectRead(Answer.DONE, found, page.warnings());
    }

    private Answer answer(PullTask task, SourceException e) {
        if (e.again()) {
            // An error of this one resource must not keep the others from being read; all else concerns them, too.
            if (e.code() == ErrorCode.SOURCE_ERROR
                    && !patience.lasts(task.claim().profile(), e, task.tries())) {
                return Answer.FAILED;
            }
            throw e;
        }
        return switch (e.status()) {
            case 404, 410 -> Answer.MISSING;
            case 403 -> Answer.REFUSED;
            default -> Answer.UNREADABLE;
        };
    }
}
