package io.caravan.support.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class PayloadsTest {

    private static final DataSize LIMIT = DataSize.ofKilobytes(64);

    @TempDir
    Path dataDir;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 300_000})
    void what_was_sent_is_read_in_whole_and_in_part(int length) throws IOException {
        byte[] sent = new byte[length];
        new Random(length).nextBytes(sent);

        try (Payload payload = received(sent)) {
            assertThat(payload.held()).isEqualTo(length <= LIMIT.toBytes());
            assertThat(payload.length()).isEqualTo(length);
            assertThat(payload.bytes()).isEqualTo(sent);
            assertThat(payload.open().readAllBytes()).isEqualTo(sent);
            assertThat(payload.open(length / 3, length / 2).readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(sent, length / 3, length / 2));
            for (int at = length - 1; at >= 0; at -= 97) {
                assertThat(payload.at(at)).isEqualTo(sent[at]);
            }
        }
    }

    @Test
    void a_file_has_no_name_so_that_a_process_that_is_killed_leaves_none() throws IOException {
        try (Payload payload = received(new byte[300_000])) {
            assertThat(payload.held()).isFalse();
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void a_closed_one_cannot_be_read_and_may_be_closed_again() throws IOException {
        Payload payload = received(new byte[300_000]);
        payload.close();

        assertThatThrownBy(() -> payload.open().read()).isInstanceOf(UncheckedIOException.class);
        assertThatCode(payload::close).doesNotThrowAnyException();
    }

    @Test
    void a_sender_that_fails_leaves_nothing_behind_and_says_why() throws IOException {
        Payloads payloads = new Payloads(dataDir);

        assertThatThrownBy(() -> payloads.receive(LIMIT, out -> {
                    out.write(new byte[300_000]);
                    throw new IOException("broke off");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("broke off");
        assertThat(files()).isEmpty();
    }

    private Payload received(byte[] sent) throws IOException {
        return new Payloads(dataDir).receive(LIMIT, out -> {
            for (int at = 0; at < sent.length; at += 10_000) {
                out.write(sent, at, Math.min(10_000, sent.length - at));
            }
        });
    }

    private Stream<Path> files() throws IOException {
        return Files.walk(dataDir).filter(Files::isRegularFile);
    }
}
