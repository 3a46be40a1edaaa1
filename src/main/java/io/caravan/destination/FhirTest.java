package io.caravan.destination;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.destination.StepRunner.Found;
import io.caravan.destination.StepRunner.StepFailed;
import io.caravan.destination.fhir.Authorization;
import io.caravan.destination.fhir.FhirAnswer;
import io.caravan.destination.fhir.FhirClient;
import io.caravan.destination.fhir.FhirProbe;
import io.caravan.destination.fhir.FhirUnreachableException;
import io.caravan.support.ErrorCode;
import io.caravan.support.oauth.OAuthException;
import java.io.IOException;
import java.net.URI;
import org.springframework.stereotype.Component;

/**
 * The test of a FHIR server, step by step: name, TLS, token, CapabilityStatement, and a probe that is written as records
 * will be, read back and deleted.
 */
@Component
class FhirTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final AddressSteps address;
    private final FhirClients clients;

    FhirTest(AddressSteps address, FhirClients clients) {
        this.address = address;
        this.clients = clients;
    }

    DestinationTestReport run(FhirSettings settings, FhirCredentials credentials) {
        Authorization authorization = clients.authorizationForTest(credentials);
        FhirClient client = clients.forTest(settings, authorization);
        Probing probing = new Probing(client, settings);
        return new StepRunner()
                .step("name", () -> address.resolves(settings.baseUrl()))
                .step("tls", () -> address.encrypted(settings.baseUrl()))
                .step("token", () -> token(credentials, authorization))
                .step("capability", () -> asked(probing::capability))
                .step("write-probe", () -> asked(probing::write))
                .step("read-probe", () -> asked(probing::read))
                .step("delete-probe", () -> asked(probing::delete))
                .report();
    }

    private static Found token(FhirCredentials credentials, Authorization authorization) throws StepFailed {
        if (!credentials.auth().equals("oauth2")) {
            return Found.passed(
                    credentials.auth().equals("none")
                            ? "No sign-in is set: none is sent."
                            : "The token given is sent.");
        }
        return asked(() -> {
            authorization.token();
            return URI.create(credentials.tokenEndpoint()).getScheme().equals("https")
                    ? Found.passed("The token endpoint issued a token.")
                    : Found.warning(
                            "A token was issued, but the token endpoint is http: the secret crosses the network unencrypted.",
                            "Use https wherever the network is not your own.");
        });
    }

    /** What keeps a server from answering, as a failed step. */
    private static Found asked(StepRunner.Check request) throws StepFailed {
        try {
            return request.run();
        } catch (FhirUnreachableException e) {
            throw new StepFailed(
                    e.getMessage(), "Check the base URL's host and port, its certificate, and the network between.");
        } catch (OAuthException e) {
            throw new StepFailed(
                    e.getMessage(),
                    e.code() == ErrorCode.TOKEN_REFUSED
                            ? "Check the client id, its secret and the scope; some servers want the secret in the body."
                            : "Check the token endpoint, and the network between.");
        }
    }

    /** What one step finds out and the next one needs. */
    private static final class Probing {

        private final FhirClient client;
        private final FhirSettings settings;
        private FhirProbe probe;

        Probing(FhirClient client, FhirSettings settings) {
            this.client = client;
            this.settings = settings;
        }

        Found capability() throws StepFailed {
            FhirAnswer answer = client.get("metadata");
            if (answer.status() != 200) {
                throw new StepFailed(
                        answer.words(), "The base URL must be that of a FHIR R4 API: <base>/metadata is asked.");
            }
            FhirCapability capability = FhirCapability.of(read(answer));
            probe = FhirProbe.of(capability.probeType(), settings.transaction());
            return capability.found(settings.writeMode());
        }

        private static JsonNode read(FhirAnswer answer) throws StepFailed {
            try {
                return JSON.readTree(answer.body());
            } catch (IOException e) {
                throw new StepFailed(
                        "What it answers is no JSON.", "The base URL must be that of a FHIR R4 API with JSON.");
            }
        }

        Found write() throws StepFailed {
            String refused = probe.write(client);
            if (!refused.isEmpty()) {
                throw new StepFailed(
                        refused,
                        "Let this client create and update resources under ids that it chooses (update-as-create)"
                                + " in a %s.".formatted(settings.writeMode()));
            }
            return Found.passed("%s was taken in a %s.".formatted(probe.name(), settings.writeMode()));
        }

        Found read() throws StepFailed {
            FhirAnswer answer = client.get(probe.name());
            if (answer.status() != 200 || !read(answer).path("id").asText().equals(probe.id())) {
                client.delete(probe.name());
                throw new StepFailed(
                        answer.status() == 200 ? "What reads back is another resource." : answer.words(),
                        "Let this client read what it writes; check what stands before the server.");
            }
            return Found.passed("It reads back.");
        }

        Found delete() {
            FhirAnswer answer = client.delete(probe.name());
            int status = answer.status();
            return status >= 200 && status <= 299 || status == 404 || status == 410
                    ? Found.passed("It can be deleted again.")
                    : Found.warning(
                            answer.words(),
                            "%s stays there, and what is deleted at a source will not be deleted here, until this client may delete."
                                    .formatted(probe.name()));
        }
    }
}
