package io.caravan.store;

import static io.caravan.store.Pages.bundle;
import static io.caravan.store.Pages.original;
import static io.caravan.store.Pages.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravan.support.payload.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageUnreadableTest {

    private static final String FINE = bundle("{\"resourceType\":\"Patient\",\"id\":\"1\",\"v\":\"Smith\"}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | not_json | the answer is empty",
                "` ` | not_json | the answer is empty",
                "<html>Smith</html> | not_json | the answer is HTML or XML, not FHIR JSON (starts with '<')",
                "` <?xml?>` | not_json | the answer is HTML or XML, not FHIR JSON (starts with '<')",
                "Smith not found | not_json | the answer is not valid JSON (at byte 0)",
                "{\"resourceType\":\"Patient\",\"id\":Smith} | not_json | the answer is not valid JSON (at byte 31)",
                "{'a':1} | not_json | the answer is not valid JSON (at byte 1)",
                "{\"resourceType\":\"Patient\",\"id\":\"1\",} | not_json | the answer is not valid JSON (at byte 35)",
                "{\"resourceType\":\"Patient\",\"id\":\"1\",\"v\":01} | not_json | the answer is not valid JSON (at byte 40)",
                "{\"resourceType\":\"Patient\",\"id\":\"1\"} {} | not_json | something follows the JSON object",
                "{\"resourceType\":\"Patient\",\"id\":\"1\"} x | not_json | the answer is not valid JSON (at byte 36)",
                "{\"resourceType\":\"Patient\",\"id\":\"1 | not_json | the answer breaks off after 33 bytes",
                "[{\"resourceType\":\"Patient\"}] | not_fhir | the answer is JSON, but not an object",
                "\"Patient\" | not_fhir | the answer is JSON, but not an object",
                "null | not_fhir | the answer is JSON, but not an object",
                "{} | not_fhir | the answer is a JSON object without a resourceType",
                "{\"a\":{\"resourceType\":\"Patient\"}} | not_fhir | the answer is a JSON object without a resourceType",
                "{\"resourceType\":1} | not_fhir | the answer is a JSON object without a resourceType",
                "{\"resourceType\":\"Bundle\",\"entry\":{}} | not_fhir | the Bundle's entry is not a list",
            })
    void an_answer_that_is_no_page_is_named_and_never_quoted(String body, String code, String message) {
        PageUnreadableException thrown = refused(utf8(body));
        assertThat(thrown.code()).isEqualTo(code);
        assertThat(thrown).hasMessage(message).hasNoCause();
    }

    @Test
    void a_page_cut_off_at_any_byte_is_refused() {
        byte[] whole = utf8(FINE);
        for (int length = 0; length < whole.length; length++) {
            PageUnreadableException thrown = refused(Arrays.copyOf(whole, length));
            assertThat(thrown.code()).isEqualTo("not_json");
            assertThat(thrown.getMessage()).doesNotContain("Smith").doesNotContain("Patient");
        }
    }

    @Test
    void a_line_end_inside_a_string_is_refused_so_content_is_always_one_line() {
        assertThat(refused(utf8("{\"resourceType\":\"Patient\",\"id\":\"1\",\"v\":\"a\nb\"}"))
                        .code())
                .isEqualTo("not_json");
        assertThat(refused(utf8("{\"resourceType\":\"Patient\",\"id\":\"1\",\"a\nb\":1}"))
                        .code())
                .isEqualTo("not_json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void other_encodings_are_not_guessed(String charset) {
        assertThat(refused(FINE.getBytes(Charset.forName(charset))).code()).isEqualTo("not_json");
        assertThat(refused("{}".getBytes(Charset.forName(charset))).code()).isEqualTo("not_json");
        assertThat(refused(FINE.getBytes(StandardCharsets.UTF_16)).code()).isEqualTo("invalid_utf8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80", // a continuation without a lead
                "c0af", // overlong slash
                "c1bf",
                "e08080", // overlong
                "e09fbf",
                "eda080", // a surrogate
                "edbfbf",
                "f0808080", // overlong
                "f08fbfbf",
                "f4908080", // above U+10FFFF
                "f5808080",
                "ff",
                "c3", // cut off by the quote
                "e282",
                "f09f98",
                "e28228",
            })
    void bytes_that_are_no_utf8_are_refused_wherever_they_stand(String hex) {
        byte[] bad = HexFormat.of().parseHex(hex);
        byte[] head = utf8("{\"resourceType\":\"Patient\",\"id\":\"1\",\"v\":\"");
        assertThat(refused(join(head, bad, utf8("\"}"))))
                .hasMessage("the answer is not valid UTF-8 (at byte %d)".formatted(head.length));
        assertThat(refused(join(head, bad, utf8("\"}"))).code()).isEqualTo("invalid_utf8");
        assertThat(refused(join(head, bad)).code()).isEqualTo("invalid_utf8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u007F",
                "\u0080",
                "\u07FF",
                "\u0800",
                "\uD7FF",
                "\uE000",
                "\uFFFF",
                "\uD800\uDC00",
                "\uDBFF\uDFFF"
            })
    void the_corners_of_utf8_are_fine(String text) {
        String resource = "{\"resourceType\":\"Patient\",\"id\":\"1\",\"v\":\"" + text + "\"}";
        assertThat(Pages.text(Pages.onlyOriginal(resource))).isEqualTo(resource);
    }

    @Test
    void depth_has_a_limit_and_it_is_five_hundred() {
        assertThat(original(nested(499)).resources()).hasSize(1);
        for (String body : new String[] {nested(500), nested(100_000), "{\"a\":" + "[".repeat(100_000)}) {
            PageUnreadableException thrown = refused(utf8(body));
            assertThat(thrown.code()).isEqualTo("too_deep");
            assertThat(thrown)
                    .hasMessage("the answer is nested deeper than 500 levels")
                    .hasNoCause();
        }
    }

    @Test
    void a_name_without_end_is_refused_as_such() {
        String body = "{\"resourceType\":\"Patient\",\"id\":\"1\",\"" + "n".repeat(100_000) + "\":1}";
        assertThat(refused(utf8(body)).code()).isEqualTo("not_json");
    }

    private static String nested(int levels) {
        return "{\"resourceType\":\"Patient\",\"id\":\"1\",\"v\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
    }

    private static PageUnreadableException refused(byte[] body) {
        PageUnreadableException thrown =
                catchThrowableOfType(PageUnreadableException.class, () -> new PageCutter(Pages.ORIGINAL).cut(body));
        assertThat(thrown).isNotNull();
        Payload spooled = Pages.spooled(body);
        assertThatThrownBy(() -> new PageCutter(Pages.ORIGINAL).cut(spooled))
                .as("from a file")
                .isInstanceOf(PageUnreadableException.class)
                .hasMessage(thrown.getMessage());
        return thrown;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
