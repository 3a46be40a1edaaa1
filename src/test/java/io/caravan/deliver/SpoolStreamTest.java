package io.caravan.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolStreamTest {

    @Test
    void goes_back_to_the_mark_however_far_it_has_read(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("spool"), "0123456789");
        try (SpoolStream stream = new SpoolStream(file.toFile())) {
            assertThat(stream.markSupported()).isTrue();
            assertThat(stream.readNBytes(3)).asString().isEqualTo("012");
            stream.mark(1);
            assertThat(stream.readAllBytes()).asString().isEqualTo("3456789");
            stream.reset();
            assertThat(stream.readAllBytes()).asString().isEqualTo("3456789");
        }
    }
}
