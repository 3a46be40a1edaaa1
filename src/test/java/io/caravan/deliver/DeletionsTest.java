package io.caravan.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a file of deletions says, line by line. */
class DeletionsTest {

    @Test
    void a_line_is_a_transaction_of_delete_requests() {
        assertThat(line("Observation/1", "Observation/a.b-2"))
                .isEqualTo("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                        + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Observation/1\"}},"
                        + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Observation/a.b-2\"}}]}\n");
    }

    @Test
    void whatever_an_id_is_the_line_is_json_and_one_line() {
        assertThat(line("Patient/a\"\\\n\u00e9"))
                .contains("\"Patient/a\\\"\\\\\\n\u00e9\"")
                .endsWith("}]}\n");
    }

    private static String line(String... references) {
        List<byte[]> bytes = Stream.of(references)
                .map(reference -> reference.getBytes(StandardCharsets.UTF_8))
                .toList();
        return new String(Deletions.line(bytes), StandardCharsets.UTF_8);
    }
}
