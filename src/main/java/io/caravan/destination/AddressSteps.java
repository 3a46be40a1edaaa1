package io.caravan.destination;

import io.caravan.destination.StepRunner.Found;
import io.caravan.destination.StepRunner.StepFailed;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkRefusedException;
import io.caravan.support.net.TargetLookup;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.springframework.stereotype.Component;

/** The steps with which every destination's test begins: who is asked, and over what. */
@Component
class AddressSteps {

    private final NetworkGuard guard;
    private final TargetLookup lookup;

    AddressSteps(NetworkGuard guard, TargetLookup lookup) {
        this.guard = guard;
        this.lookup = lookup;
    }

    Found resolves(URI endpoint) throws StepFailed {
        try {
            guard.checkUri(endpoint);
            List<InetAddress> found = lookup.find(endpoint.getScheme(), endpoint.getHost(), endpoint.getPort());
            return Found.passed(
                    found.isEmpty()
                            ? "%s is found by the proxy.".formatted(endpoint.getHost())
                            : "%s is %s."
                                    .formatted(endpoint.getHost(), found.get(0).getHostAddress()));
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
}
