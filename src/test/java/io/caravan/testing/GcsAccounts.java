package io.caravan.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** One service account, its key, and the tokens that were given for it. */
final class GcsAccounts {

    private static final String EMAIL = "caravan@lake.iam.gserviceaccount.com";
    // Google's client says so whatever the key file's token_uri is.
    private static final String AUDIENCE = "https://oauth2.googleapis.com/token";
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String tokenUri;
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private volatile KeyPair key = newKey();

    GcsAccounts(String tokenUri) {
        this.tokenUri = tokenUri;
    }

    void rotate() {
        key = newKey();
        tokens.clear();
    }

    String keyFile() {
        return keyFile(key);
    }

    String keyFileOfAStranger() {
        return keyFile(newKey());
    }

    /** Of the key one line, as it stands in the file, and every token. */
    List<String> secrets() {
        List<String> secrets = new ArrayList<>(tokens);
        secrets.add(pem(key).split("\n")[5]);
        return secrets;
    }

    GcsReply token(GcsCall call) {
        Map<String, String> form = call.form();
        if (!call.method().equals("POST") || !GRANT.equals(form.get("grant_type"))) {
            return refused("unsupported_grant_type", "Invalid grant_type");
        }
        try {
            SignedJWT assertion = SignedJWT.parse(form.get("assertion"));
            if (!assertion.verify(new RSASSAVerifier((RSAPublicKey) key.getPublic()))) {
                return refused("invalid_grant", "Invalid JWT Signature.");
            }
            return granted(assertion.getJWTClaimsSet());
        } catch (ParseException | JOSEException e) {
            return refused("invalid_request", "Bad Request");
        }
    }

    private GcsReply granted(JWTClaimsSet claims) throws ParseException {
        Date now = Date.from(Instant.now());
        if (!EMAIL.equals(claims.getIssuer()) || !claims.getAudience().contains(AUDIENCE)) {
            return refused("invalid_grant", "Not a valid email or audience");
        }
        if (!now.before(claims.getExpirationTime()) || claims.getIssueTime().getTime() > now.getTime() + 60_000) {
            return refused("invalid_grant", "Invalid JWT: it must be a short-lived token");
        }
        if (!String.valueOf(claims.getStringClaim("scope")).contains("devstorage")) {
            return refused("invalid_scope", "Empty or missing scope not allowed.");
        }
        String token = "ya29.token-" + UUID.randomUUID();
        tokens.add(token);
        return GcsReply.json(Map.of("access_token", token, "expires_in", 3599, "token_type", "Bearer"));
    }

    private static GcsReply refused(String error, String description) {
        return new GcsReply(400, Map.of("error", error, "error_description", description), Map.of());
    }

    void requireToken(GcsCall call) {
        String header = call.header("Authorization");
        if (header == null || !header.startsWith("Bearer ") || !tokens.contains(header.substring(7))) {
            throw new GcsError(401, "authError", "Invalid Credentials");
        }
    }

    private String keyFile(KeyPair pair) {
        Map<String, String> file = Map.of(
                "type", "service_account",
                "project_id", "lake",
                "private_key_id", "0123456789abcdef",
                "private_key", pem(pair),
                "client_email", EMAIL,
                "client_id", "1234567890",
                "token_uri", tokenUri);
        try {
            return JSON.writeValueAsString(file);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
