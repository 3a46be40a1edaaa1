package io.caravan.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.source.SourceException.Outcome;
import io.caravan.support.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceExceptionTest {

    @ParameterizedTest
    @CsvSource({
        "202, SOURCE_NOT_FHIR, FAILED, false",
        "204, SOURCE_NOT_FHIR, FAILED, false",
        "206, SOURCE_NOT_FHIR, FAILED, false",
        "301, REDIRECT_REFUSED, FAILED, false",
        "302, REDIRECT_REFUSED, FAILED, false",
        "304, REDIRECT_REFUSED, FAILED, false",
        "308, REDIRECT_REFUSED, FAILED, false",
        "400, SOURCE_REFUSED, FAILED, false",
        "401, SOURCE_UNAUTHORIZED, FAILED, false",
        "403, SOURCE_REFUSED, REFUSED, false",
        "404, SOURCE_UNSUPPORTED, UNSUPPORTED, false",
        "405, SOURCE_UNSUPPORTED, UNSUPPORTED, false",
        "406, SOURCE_REFUSED, FAILED, false",
        "407, SOURCE_ERROR, FAILED, false",
        "408, SOURCE_ERROR, FAILED, true",
        "410, SOURCE_UNSUPPORTED, UNSUPPORTED, false",
        "409, SOURCE_ERROR, FAILED, false",
        "414, SOURCE_REFUSED, FAILED, false",
        "415, SOURCE_REFUSED, FAILED, false",
        "422, SOURCE_REFUSED, FAILED, false",
        "425, SOURCE_ERROR, FAILED, true",
        "429, SOURCE_THROTTLED, FAILED, true",
        "451, SOURCE_REFUSED, REFUSED, false",
        "500, SOURCE_ERROR, FAILED, true",
        "501, SOURCE_UNSUPPORTED, UNSUPPORTED, false",
        "502, SOURCE_ERROR, FAILED, true",
        "503, SOURCE_THROTTLED, FAILED, true",
        "504, SOURCE_ERROR, FAILED, true",
        "505, SOURCE_ERROR, FAILED, false",
        "507, SOURCE_ERROR, FAILED, true",
        "520, SOURCE_ERROR, FAILED, true",
        "529, SOURCE_ERROR, FAILED, true",
        "999, SOURCE_ERROR, FAILED, false",
    })
    void an_answer_means(int status, ErrorCode code, Outcome outcome, boolean again) {
        SourceException answered = SourceException.answered(status, null, List.of());

        assertThat(answered.code()).isEqualTo(code);
        assertThat(answered.outcome()).isEqualTo(outcome);
        assertThat(answered.again()).isEqualTo(again);
    }

    @Test
    void every_status_has_a_meaning_that_names_it() {
        assertThat(IntStream.rangeClosed(100, 999).filter(s -> s != 200)).allSatisfy(status -> {
            SourceException answered = SourceException.answered(status, null, List.of());
            assertThat(answered.status()).isEqualTo(status);
            assertThat(answered).hasMessageContaining("answered " + status);
            assertThat(answered.retryAfter()).isEmpty();
        });
    }

    @Test
    void a_source_that_says_when_to_come_back_is_quoted() {
        SourceException throttled = SourceException.answered(429, Duration.ofSeconds(120), List.of());

        assertThat(throttled.retryAfter()).contains(Duration.ofMinutes(2));
        assertThat(throttled).hasMessageContaining("120 s");
    }

    @Test
    void one_that_will_not_answer_otherwise_is_not_waited_for() {
        SourceException refused = SourceException.answered(403, Duration.ofSeconds(120), List.of());

        assertThat(refused.retryAfter()).isEmpty();
        assertThat(refused).hasMessageNotContaining("120 s");
    }
}
