package io.caravan.destination;

import io.caravan.support.net.NoAnswerException;
import java.util.Optional;

/** What the failures of what keeps objects mean, whichever vendor's; pure. */
public final class StoreAnswers {

    private StoreAnswers() {}

    /** The meaning of a vendor's failure among the causes; empty where there is none. */
    public static Optional<Meaning> explain(Throwable thrown) {
        return withoutAnswer(thrown)
                .or(() -> FileAnswers.explain(thrown))
                .or(() -> S3Answers.explain(thrown))
                .or(() -> AzureAnswers.explain(thrown))
                .or(() -> GcsAnswers.explain(thrown));
    }

    private static Optional<Meaning> withoutAnswer(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof NoAnswerException none) {
                return Optional.of(none.late() ? Meaning.late() : Meaning.unreachable(none.getMessage()));
            }
        }
        return Optional.empty();
    }
}
