package io.caravan.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeCodesTest {

    @Test
    void they_are_those_of_all_issues_details_in_their_order() {
        assertThat(codes("""
                {"resourceType": "OperationOutcome", "issue": [
                  {"severity": "error", "code": "processing", "details": {"coding": [{"code": "4113"}, {"code": "x.y-Z_1"}]}},
                  {"severity": "error"},
                  {"details": {"coding": [{"system": "s"}, {"code": "59100"}]}}]}""")).containsExactly("4113", "x.y-Z_1", "59100");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "null",
                "[]",
                "{}",
                "{\"resourceType\": \"Patient\", \"issue\": [{\"details\": {\"coding\": [{\"code\": \"4113\"}]}}]}",
                "{\"resourceType\": \"OperationOutcome\", \"issue\": {}}",
                "{\"resourceType\": \"OperationOutcome\", \"issue\": [{\"details\": {\"coding\": [{\"code\": \"a b\"}]}}]}",
                "{\"resourceType\": \"OperationOutcome\", \"issue\": [{\"details\": {\"coding\": [",
            })
    void another_answer_has_none(String body) {
        assertThat(codes(body)).isEmpty();
    }

    @Test
    void the_servers_clock_is_read_where_it_is_a_date() {
        assertThat(HttpDate.parse("Sun, 06 Nov 1994 08:49:37 GMT")).contains(Instant.parse("1994-11-06T08:49:37Z"));
        assertThat(HttpDate.parse("yesterday")).isEmpty();
        assertThat(HttpDate.parse(null)).isEmpty();
    }

    private static java.util.List<String> codes(String body) {
        return OutcomeCodes.of(body.getBytes(StandardCharsets.UTF_8));
    }
}
