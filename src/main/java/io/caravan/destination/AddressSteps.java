package io.caravan.destination;

import io.caravan.destination.StepRunner.Found;
import io.caravan.destination.StepRunner.StepFailed;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkRefusedException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.springframework.stereotype.Component;

/** The steps with which every destination's test begins: who is asked, and over what. */
@Component
class AddressSteps {

    private final NetworkGuard guard;

    AddressSteps(NetworkGuard guard) {
        this.guard = guard;
    }

    Found resolves(URI endpoint) throws StepFailed {
        try {
            guard.checkUri(endpoint);
            InetAddress[] found = InetAddress.getAllByName(bare(endpoint.getHost()));
            guard.check(endpoint.getScheme(), endpoint.getHost(), endpoint.getPort(), found);
            return Found.passed("%s is %s.".formatted(endpoint.getHost(), found[0].getHostAddress()));
        } catch (NetworkRefusedException e) {
            throw new StepFailed(e.getMessage(), "Use another endpoint, or have the operator allow this one.");
        } catch (UnknownHostException e) {
            throw new StepFailed(
                    "The name %s does not resolve.".formatted(endpoint.getHost()), "Check the endpoint's spelling.");
        }
    }

    Found encrypted(URI endpoint) {
        return endpoint.getScheme().equals("https")
                ? Found.passed("The endpoint is https.")
                : Found.warning(
                        "The endpoint is http: records and keys cross the network unencrypted.",
                        "Use https wherever the network is not your own.");
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
