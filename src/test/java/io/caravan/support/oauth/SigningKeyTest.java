package io.caravan.support.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.caravan.support.secret.Secret;
import java.security.PrivateKey;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SigningKeyTest {

    private static final JWTClaimsSet CLAIMS =
            new JWTClaimsSet.Builder().subject("caravan").build();

    private final RSAKey rsa = new RSAKeyGenerator(2048).keyID("key-1").generate();
    private final ECKey ec = new ECKeyGenerator(Curve.P_384).keyID("key-2").generate();

    SigningKeyTest() throws JOSEException {}

    @Test
    void an_rsa_key_signs_by_rs384_and_names_itself() throws JOSEException, ParseException {
        SignedJWT jwt = signed(rsa.toJSONString());

        assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo("RS384");
        assertThat(jwt.getHeader().getKeyID()).isEqualTo("key-1");
        assertThat(jwt.verify(new RSASSAVerifier(rsa))).isTrue();
    }

    @Test
    void an_ec_key_signs_by_es384_and_names_itself() throws JOSEException, ParseException {
        SignedJWT jwt = signed(ec.toJSONString());

        assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo("ES384");
        assertThat(jwt.getHeader().getKeyID()).isEqualTo("key-2");
        assertThat(jwt.verify(new ECDSAVerifier(ec))).isTrue();
    }

    @Test
    void pem_is_read_whatever_its_line_ends() throws JOSEException, ParseException {
        assertThat(signed(pem(rsa.toPrivateKey())).verify(new RSASSAVerifier(rsa)))
                .isTrue();
        SignedJWT jwt = signed(pem(ec.toPrivateKey()).replace("\n", "\r\n") + "\r\n");
        assertThat(jwt.verify(new ECDSAVerifier(ec))).isTrue();
        assertThat(jwt.getHeader().getKeyID()).isNull();
    }

    @Test
    void a_key_that_cannot_sign_is_refused_in_words_that_do_not_repeat_it() throws JOSEException {
        OctetSequenceKey secret = new OctetSequenceKeyGenerator(256).generate();
        List<String> wrong = List.of(
                "canary",
                "{}",
                "{\"kty\":\"canary\"}",
                "{\"kty\":\"RSA\",\"n\":\"canary\",\"e\":\"AQAB\",\"d\":\"canary\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"canary\",\"y\":\"canary\",\"d\":\"canary\"}",
                "{\"kty\":\"RSA\",\"canary",
                rsa.toPublicJWK().toJSONString(),
                secret.toJSONString(),
                new RSAKeyGenerator(1024, true).generate().toJSONString(),
                new ECKeyGenerator(Curve.P_256).generate().toJSONString(),
                "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----");

        assertThat(wrong)
                .allSatisfy(text -> assertThatThrownBy(() -> SigningKey.parse(Secret.of(text)))
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasNoCause()
                        .hasMessageStartingWith("must be")
                        .message()
                        .doesNotContain("canary"));
    }

    @Test
    void it_prints_nothing() throws JOSEException {
        assertThat(SigningKey.parse(Secret.of(rsa.toJSONString()))).hasToString("***");
    }

    static String pem(PrivateKey key) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----";
    }

    private static SignedJWT signed(String key) throws ParseException {
        return SignedJWT.parse(SigningKey.parse(Secret.of(key)).sign(CLAIMS));
    }
}
