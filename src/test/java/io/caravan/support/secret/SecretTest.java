package io.caravan.support.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretTest {

    record Credentials(String user, Secret password) {}

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void it_never_prints() {
        assertThat(Secret.of("canary")).hasToString("***");
        assertThat(new Credentials("ann", Secret.of("canary")))
                .asString()
                .contains("***")
                .doesNotContain("canary");
    }

    @Test
    void it_is_read_from_json_and_never_written_to_it() throws Exception {
        Credentials read = json.readValue("{\"user\": \"ann\", \"password\": \"canary\"}", Credentials.class);

        assertThat(read.password().reveal()).isEqualTo("canary");
        assertThatThrownBy(() -> json.writeValueAsString(read))
                .isInstanceOf(JsonMappingException.class)
                .hasMessageContaining("a Secret is not written as JSON")
                .hasMessageNotContaining("canary");
        assertThatThrownBy(() -> json.writeValueAsString(Map.of("any", Secret.of("canary"))))
                .isInstanceOf(JsonMappingException.class);
    }

    @Test
    void equal_texts_are_equal_secrets() {
        assertThat(Secret.of("one")).isEqualTo(Secret.of("one")).hasSameHashCodeAs(Secret.of("one"));
        assertThat(Secret.of("one")).isNotEqualTo(Secret.of("other")).isNotEqualTo("one");
    }

    @Test
    void an_empty_secret_is_none() {
        assertThatThrownBy(() -> Secret.of("")).isInstanceOf(IllegalArgumentException.class);
    }
}
