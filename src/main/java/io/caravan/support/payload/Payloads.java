package io.caravan.support.payload;

import io.caravan.support.PrivateFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Receives answers whose length nobody knows before their end. */
@Component
public class Payloads {

    private final Path folder;

    public Payloads(@Value("${caravan.data-dir}") Path dataDir) {
        this.folder = dataDir.resolve("answers");
    }

    /** Writes an answer as it arrives. */
    public interface Sender {
        void sendTo(OutputStream out) throws IOException;
    }

    /**
     * What the sender wrote, to be closed by the caller; nothing is left of it where the sender fails.
     *
     * @param inMemory the most that is kept in memory: what is longer lies in a file
     * @throws IOException as the sender throws it
     * @throws java.io.UncheckedIOException where the file cannot be written
     */
    public Payload receive(DataSize inMemory, Sender sender) throws IOException {
        try (PayloadWriter writer = new PayloadWriter(PrivateFiles.directory(folder), inMemory.toBytes())) {
            sender.sendTo(writer);
            return writer.received();
        }
    }
}
