package io.caravan.destination;

import io.caravan.support.net.Proofs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Takes out of a refusal what it repeats of the request's credentials, before the SDK makes an exception of it. */
final class S3Echoes implements ExecutionInterceptor {

    private static final int LARGEST_REFUSAL = 1 << 20;

    private final Set<String> credentials;

    /** @param credentials what is to be taken out besides the request's signature */
    S3Echoes(Set<String> credentials) {
        this.credentials = Set.copyOf(credentials);
    }

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        Optional<InputStream> body = context.responseBody();
        if (body.isEmpty() || context.httpResponse().isSuccessful()) {
            return body;
        }
        String authorization =
                context.httpRequest().firstMatchingHeader("Authorization").orElse(null);
        try (InputStream said = body.get()) {
            byte[] refusal = said.readNBytes(LARGEST_REFUSAL);
            return Optional.of(new ByteArrayInputStream(
                    Proofs.of(authorization, credentials).takenFrom(refusal)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
