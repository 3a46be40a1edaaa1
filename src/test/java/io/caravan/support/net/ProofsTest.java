package io.caravan.support.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.junit.jupiter.api.Test;

/** What is taken out of answers that repeat their request. */
class ProofsTest {

    @Test
    void a_bearer_token_is_taken_out_however_often_and_however_json_has_its_slashes() {
        Proofs proofs = Proofs.of(request("Bearer ab/cd/ef.gh", null));

        assertThat(proofs.takenFrom("you sent Bearer ab/cd/ef.gh, and ab/cd/ef.gh again"))
                .isEqualTo("you sent Bearer ***, and *** again");
        assertThat(proofs.takenFrom("{\"sent\":\"ab\\/cd\\/ef.gh\"}")).isEqualTo("{\"sent\":\"***\"}");
        assertThat(bytes(proofs, "…ab/cd/ef.gh…ab/cd/ef.gh")).isEqualTo("…***…***");
    }

    @Test
    void a_clients_secret_is_taken_out_of_either_form_of_it() {
        String pair = Base64.getEncoder().encodeToString("clinic:p%2Fss+word".getBytes(StandardCharsets.US_ASCII));
        Proofs proofs = Proofs.of(request("Basic " + pair, null));

        assertThat(proofs.takenFrom("Basic " + pair + " is clinic and p/ss word"))
                .isEqualTo("Basic *** is clinic and ***");
    }

    @Test
    void the_signature_of_an_address_is_taken_out_as_it_was_sent_and_as_it_is() {
        HttpGet request = new HttpGet(URI.create("https://lake.example/c?sv=2021&sig=abc%2Bdefgh%3D&se=1"));
        Proofs proofs = Proofs.of(request);

        assertThat(proofs.takenFrom("sig=abc%2Bdefgh%3D or abc+defgh=")).isEqualTo("sig=*** or ***");
    }

    @Test
    void of_a_signed_request_the_key_and_the_signature_are_taken_out() {
        Proofs proofs = Proofs.of(request(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0123456789abcdef",
                "session-token"));

        assertThat(proofs.takenFrom("AKIDEXAMPLE signed 0123456789abcdef with session-token"))
                .isEqualTo("*** signed *** with ***");
    }

    @Test
    void what_is_too_short_to_be_told_apart_and_what_repeats_nothing_stays_as_it_is() {
        byte[] answer = "a token, a test".getBytes(StandardCharsets.UTF_8);

        assertThat(Proofs.of(request("Bearer test", null)).takenFrom(answer)).isSameAs(answer);
        assertThat(Proofs.of(request("Bearer something-else", null)).takenFrom(answer))
                .isSameAs(answer);
        assertThat(Proofs.of(request(null, null)).takenFrom("nothing")).isEqualTo("nothing");
    }

    private static HttpGet request(String authorization, String sessionToken) {
        HttpGet request = new HttpGet(URI.create("https://lake.example/c"));
        if (authorization != null) {
            request.setHeader("Authorization", authorization);
        }
        if (sessionToken != null) {
            request.setHeader("X-Amz-Security-Token", sessionToken);
        }
        return request;
    }

    private static String bytes(Proofs proofs, String text) {
        return new String(proofs.takenFrom(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
