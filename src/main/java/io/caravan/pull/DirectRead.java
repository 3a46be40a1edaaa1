package io.caravan.pull;

import io.caravan.store.CutResource;
import io.caravan.store.PageWarning;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What came of reading one resource by its id.
 *
 * @param resource what may land; empty unless the answer is {@code DONE}
 * @param warnings what the source said besides it
 */
record DirectRead(Answer answer, Optional<CutResource> resource, List<PageWarning> warnings) {

    /** What the source said; all but the first cost the other reads of a task nothing. */
    enum Answer {
        /** It has it, and it is the patient's or nobody's. */
        DONE,
        /** 404 or 410. */
        MISSING,
        /** 403. */
        REFUSED,
        /** It is somebody else's. */
        OTHER_PATIENT,
        /** It answered with something else, or left parts of it out. */
        UNREADABLE,
        /** It failed as often as it was tried. */
        FAILED
    }

    /** The answer as {@code pull_reference} keeps it. */
    String status() {
        return answer.name().toLowerCase(Locale.ROOT);
    }

    static DirectRead of(Answer answer) {
        return new DirectRead(answer, Optional.empty(), List.of());
    }
}
