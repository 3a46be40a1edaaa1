package io.caravan.support.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;

@ExtendWith(OutputCaptureExtension.class)
class SealerTest {

    @TempDir
    Path data;

    @Test
    void what_was_sealed_is_read_again_after_a_restart() throws Exception {
        byte[] sealed = sealer(data).seal("s3cret-ключ", "destination", "42", "credentials");

        assertThat(sealer(data).unseal(sealed, "destination", "42", "credentials"))
                .isEqualTo("s3cret-ключ");
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("s3cret");
    }

    @Test
    void sealing_twice_gives_different_bytes() throws Exception {
        Sealer sealer = sealer(data);

        assertThat(sealer.seal("same", "t", "1", "c")).isNotEqualTo(sealer.seal("same", "t", "1", "c"));
    }

    @Test
    void a_secret_copied_to_another_row_column_or_table_is_unreadable() throws Exception {
        Sealer sealer = sealer(data);
        byte[] sealed = sealer.seal("canary", "destination", "42", "credentials");

        Stream.<String[]>of(
                        new String[] {"destination", "43", "credentials"},
                        new String[] {"destination", "42", "token"},
                        new String[] {"source", "42", "credentials"})
                .forEach(place -> assertThatThrownBy(() -> sealer.unseal(sealed, place[0], place[1], place[2]))
                        .isInstanceOf(UnsealException.class)
                        .hasMessageContaining("sealed for another place, or altered")
                        .hasMessageNotContaining("canary"));
    }

    @Test
    void an_altered_or_cut_secret_is_unreadable() throws Exception {
        Sealer sealer = sealer(data);
        byte[] sealed = sealer.seal("canary", "t", "1", "c");
        byte[] altered = sealed.clone();
        altered[altered.length - 1] ^= 1;

        assertThatThrownBy(() -> sealer.unseal(altered, "t", "1", "c")).hasMessageContaining("altered");
        assertThatThrownBy(() -> sealer.unseal(new byte[3], "t", "1", "c")).hasMessageContaining("altered");
    }

    @Test
    void another_keyset_says_that_it_lacks_the_key(@TempDir Path other) throws Exception {
        byte[] sealed = sealer(data).seal("canary", "t", "1", "c");
        Sealer wrong = sealer(other);

        assertThatThrownBy(() -> wrong.unseal(sealed, "t", "1", "c"))
                .isInstanceOf(UnsealException.class)
                .hasMessageContaining("the keyset does not hold the key this was sealed with");
    }

    @Test
    void after_a_rotation_old_secrets_are_still_read() throws Exception {
        byte[] sealed = sealer(data).seal("old", "t", "1", "c");
        Path file = data.resolve("keyset.json");
        KeysetHandle before =
                TinkJsonProtoKeysetFormat.parseKeyset(Files.readString(file), InsecureSecretKeyAccess.get());
        KeysetHandle after = KeysetHandle.newBuilder(before)
                .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                        .withRandomId()
                        .makePrimary())
                .build();
        Files.writeString(file, TinkJsonProtoKeysetFormat.serializeKeyset(after, InsecureSecretKeyAccess.get()));

        Sealer rotated = sealer(data);
        assertThat(rotated.unseal(sealed, "t", "1", "c")).isEqualTo("old");
        assertThat(rotated.unseal(rotated.seal("new", "t", "2", "c"), "t", "2", "c"))
                .isEqualTo("new");
    }

    @Test
    void a_node_that_runs_reads_what_another_has_sealed_with_a_newer_key_and_seals_with_it_too() throws Exception {
        Sealer one = sealer(data);
        Sealer other = sealer(data);
        byte[] old = one.seal("old", "t", "1", "c");

        other.addKey();
        byte[] prepared = other.seal("prepared", "t", "2", "c");
        other.useNewestKey();
        byte[] young = other.seal("young", "t", "3", "c");

        assertThat(one.unseal(young, "t", "3", "c")).isEqualTo("young");
        assertThat(one.unseal(old, "t", "1", "c")).isEqualTo("old");
        assertThat(Keyset.idOf(prepared)).isEqualTo(Keyset.idOf(old));
        assertThat(Keyset.idOf(young)).isNotEqualTo(Keyset.idOf(old));
        assertThat(Keyset.idOf(one.seal("x", "t", "4", "c"))).isEqualTo(Keyset.idOf(young));
        assertThat(Files.getPosixFilePermissions(data.resolve("keyset.json")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void a_node_whose_keyset_is_gone_goes_on_with_the_keys_it_has(CapturedOutput output) throws Exception {
        Sealer sealer = sealer(data);
        byte[] sealed = sealer.seal("kept", "t", "1", "c");
        Files.delete(data.resolve("keyset.json"));

        assertThat(sealer.unseal(sealer.seal("new", "t", "1", "c"), "t", "1", "c"))
                .isEqualTo("new");
        assertThat(sealer.unseal(sealed, "t", "1", "c")).isEqualTo("kept");
        assertThat(output.getAll()).contains("The keyset can no longer be read");
    }

    @Test
    void the_keyset_it_makes_is_private_and_announced_once(CapturedOutput output) throws Exception {
        sealer(data);
        sealer(data);

        assertThat(Files.getPosixFilePermissions(data.resolve("keyset.json")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(output.getAll()).containsOnlyOnce("Made the keyset").contains("WARN");
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).containsExactly(data.resolve("keyset.json"));
        }
    }

    @Test
    void a_named_keyset_must_exist_and_be_one() throws IOException {
        Path named = data.resolve("named.json");

        assertThatThrownBy(() -> new Sealer(new KeysetSettings(named, data)))
                .isInstanceOf(KeysetException.class)
                .hasMessageContaining("is missing");
        Files.writeString(named, "{}");
        assertThatThrownBy(() -> new Sealer(new KeysetSettings(named, data))).isInstanceOf(KeysetException.class);
        assertThat(data.resolve("keyset.json")).doesNotExist();
    }

    @Test
    void a_place_with_the_separator_in_its_name_is_refused() throws Exception {
        Sealer sealer = sealer(data);

        assertThatThrownBy(() -> sealer.seal("x", "t", "1|2", "c")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void it_is_a_bean_over_the_settings() {
        new ApplicationContextRunner()
                .withUserConfiguration(Beans.class)
                .withPropertyValues("caravan.data-dir=" + data.resolve("made"))
                .run(context -> {
                    assertThat(context).hasSingleBean(Sealer.class);
                    assertThat(data.resolve("made/keyset.json")).exists();
                });
    }

    @EnableConfigurationProperties(KeysetSettings.class)
    @Import(Sealer.class)
    static class Beans {}

    private static Sealer sealer(Path data) throws GeneralSecurityException {
        return new Sealer(new KeysetSettings(null, data));
    }
}
