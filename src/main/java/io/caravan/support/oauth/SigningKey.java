package io.caravan.support.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.caravan.support.secret.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.util.Base64;

/**
 * A private key that signs assertions: RSA by RS384, or EC on P-384 by ES384, which are what SMART asks of every server
 * (Backend Services § Advertising server support). It prints nothing of itself.
 */
public final class SigningKey {

    private static final int SMALLEST_RSA = 2048;
    private static final int P384 = 384;
    private static final String PEM_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String PEM_END = "-----END PRIVATE KEY-----";

    private final JWSSigner signer;
    private final JWSHeader header;

    private SigningKey(JWSSigner signer, JWSAlgorithm algorithm, String keyId) {
        this.signer = signer;
        this.header = new JWSHeader.Builder(algorithm)
                .type(com.nimbusds.jose.JOSEObjectType.JWT)
                .keyID(keyId)
                .build();
    }

    /**
     * Reads a JWK (RFC 7517; its {@code kid} is sent along), or PEM with a PKCS #8 key.
     *
     * @throws IllegalArgumentException with what is wrong, in words that follow a field's name
     */
    public static SigningKey parse(Secret text) {
        String key = text.reveal().strip();
        try {
            return key.startsWith("{") ? ofJwk(JWK.parse(key)) : of(pem(key), null);
        } catch (ParseException | JOSEException | GeneralSecurityException e) {
            throw refused(); // without the cause: it may quote the key
        }
    }

    /** The claims, signed, in compact form. */
    String sign(JWTClaimsSet claims) {
        try {
            SignedJWT jwt = new SignedJWT(header, claims);
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("An assertion cannot be signed with a key that was accepted", e);
        }
    }

    private static SigningKey ofJwk(JWK jwk) throws JOSEException {
        if (!jwk.isPrivate()) {
            throw new IllegalArgumentException("must be a private key; this JWK has the public part only");
        }
        return switch (jwk.getKeyType().getValue()) {
            case "RSA" -> of(jwk.toRSAKey().toPrivateKey(), jwk.getKeyID());
            case "EC" -> of(jwk.toECKey().toPrivateKey(), jwk.getKeyID());
            default -> throw refused();
        };
    }

    private static SigningKey of(PrivateKey key, String keyId) throws JOSEException {
        if (key instanceof RSAPrivateKey rsa && rsa.getModulus().bitLength() >= SMALLEST_RSA) {
            return new SigningKey(new RSASSASigner(rsa), JWSAlgorithm.RS384, keyId);
        }
        if (key instanceof ECPrivateKey ec && ec.getParams().getOrder().bitLength() == P384) {
            return new SigningKey(new ECDSASigner(ec, Curve.P_384), JWSAlgorithm.ES384, keyId);
        }
        throw refused();
    }

    private static PrivateKey pem(String pem) throws GeneralSecurityException {
        if (!pem.startsWith(PEM_BEGIN) || !pem.endsWith(PEM_END)) {
            throw new IllegalArgumentException("must be a JWK, or PEM that begins with " + PEM_BEGIN
                    + " (openssl pkcs8 -topk8 -nocrypt makes it)");
        }
        byte[] encoded;
        try {
            encoded =
                    Base64.getMimeDecoder().decode(pem.substring(PEM_BEGIN.length(), pem.length() - PEM_END.length()));
        } catch (IllegalArgumentException e) {
            throw refused();
        }
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException notRsa) {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        }
    }

    private static IllegalArgumentException refused() {
        return new IllegalArgumentException(
                "must be an RSA key of at least 2048 bits, or an EC key on the curve P-384");
    }

    @Override
    public String toString() {
        return "***";
    }
}
