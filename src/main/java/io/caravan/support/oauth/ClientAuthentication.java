package io.caravan.support.oauth;

import io.caravan.support.secret.Secret;

/** How a client proves at a token endpoint that it is the one it says (RFC 6749 § 2.3, RFC 7523 § 2.2). */
public sealed interface ClientAuthentication {

    /** A public client: it only says who it is. */
    record None() implements ClientAuthentication {}

    /** {@code client_secret_basic}: id and secret in the Authorization header. */
    record SecretBasic(Secret secret) implements ClientAuthentication {}

    /** {@code client_secret_post}: id and secret in the body. */
    record SecretPost(Secret secret) implements ClientAuthentication {}

    /** {@code private_key_jwt}: an assertion that the key signs, new for each request. */
    record PrivateKeyJwt(SigningKey key) implements ClientAuthentication {}
}
