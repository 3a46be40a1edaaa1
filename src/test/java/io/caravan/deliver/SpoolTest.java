package io.caravan.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    @TempDir
    Path data;

    @Test
    void the_digests_and_counts_are_those_of_the_file() throws Exception {
        Spool spool = new Spool(data.resolve("a.part"));
        spool.append("one\ntwo\n".getBytes(StandardCharsets.UTF_8), 2);
        spool.append("drei ä\n".getBytes(StandardCharsets.UTF_8), 1);
        spool.complete();

        byte[] file = Files.readAllBytes(spool.file().toPath());
        assertThat(new String(file, StandardCharsets.UTF_8)).isEqualTo("one\ntwo\ndrei ä\n");
        assertThat(spool.records()).isEqualTo(3);
        assertThat(spool.bytes()).isEqualTo(file.length);
        assertThat(spool.empty()).isFalse();
        assertThat(spool.sha256()).isEqualTo(hex("SHA-256", file));
        assertThat(spool.md5()).isEqualTo(hex("MD5", file));
        assertThat(Base64.getDecoder().decode(spool.contentMd5()))
                .isEqualTo(MessageDigest.getInstance("MD5").digest(file));
    }

    @Test
    void a_gzip_spool_holds_its_lines_compressed_and_describes_the_file() throws Exception {
        Spool spool = Spool.gzip(data.resolve("a.part"));
        byte[] line = ("{\"a\":\"" + "a".repeat(500) + "\"}\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 1_000; i++) {
            spool.append(line, 1);
        }
        spool.complete();

        byte[] file = Files.readAllBytes(spool.file().toPath());
        try (InputStream lines = new GZIPInputStream(new ByteArrayInputStream(file))) {
            assertThat(lines.readAllBytes()).hasSize(1_000 * line.length).startsWith(line);
        }
        assertThat(file).hasSizeLessThan(100 * line.length);
        assertThat(spool.records()).isEqualTo(1_000);
        assertThat(spool.bytes()).isEqualTo(file.length);
        assertThat(spool.sha256()).isEqualTo(hex("SHA-256", file));
        assertThat(spool.md5()).isEqualTo(hex("MD5", file));
    }

    @Test
    void a_gzip_spool_without_a_line_is_empty_too() throws IOException {
        Spool spool = Spool.gzip(data.resolve("a.part")).complete();

        assertThat(spool.empty()).isTrue();
        assertThat(spool.file()).isEmpty();
    }

    @Test
    void a_spool_without_a_line_is_empty() throws IOException {
        Spool spool = new Spool(data.resolve("a.part")).complete();

        assertThat(spool.empty()).isTrue();
        assertThat(spool.records()).isZero();
    }

    @Test
    void a_file_that_is_not_what_was_written_is_noticed() throws IOException {
        Path file = data.resolve("a.part");
        Spool spool = new Spool(file);
        spool.append("line\n".getBytes(StandardCharsets.UTF_8), 1);
        Files.writeString(file, "somebody else's text", StandardOpenOption.APPEND);

        assertThatThrownBy(spool::complete).hasMessageContaining("bytes instead of 5");
    }

    @Test
    void a_closed_spool_leaves_no_file_whether_it_was_completed_or_not() throws IOException {
        Spool completed = new Spool(data.resolve("a.part")).complete();
        Spool broken = new Spool(data.resolve("b.part"));

        completed.close();
        completed.close();
        broken.close();

        assertThat(data).isEmptyDirectory();
    }

    @Test
    void lines_are_marshalled_with_a_line_end_each() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new NdjsonFormat()
                .marshal(
                        null,
                        List.of("{\"a\":1}".getBytes(StandardCharsets.UTF_8), "{}".getBytes(StandardCharsets.UTF_8)),
                        out);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"a\":1}\n{}\n");
        assertThatThrownBy(() -> new NdjsonFormat().unmarshal(null, null)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_folder_and_what_is_in_it_are_readable_by_their_user_alone() throws IOException {
        SpoolFolder folder = new SpoolFolder(data);

        Spool spool = folder.open("item_1");

        Path file = spool.file().toPath();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void what_dead_processes_left_is_swept_and_what_living_ones_write_stays() throws IOException {
        Path dead = leftBehind("999999999-1");
        Path earlier = leftBehind(ProcessHandle.current().pid() + "-1"); // the same id again, as in a container
        Path nonsense = leftBehind("nonsense");
        Path living = leftBehind(ProcessHandle.current().parent().orElseThrow().pid() + "-1");

        new SpoolFolder(data);

        assertThat(List.of(dead, earlier, nonsense)).noneMatch(Files::exists);
        assertThat(living).isDirectoryContaining("glob:**.part");
    }

    @Test
    void a_node_that_stops_removes_its_folder() throws IOException {
        SpoolFolder folder = new SpoolFolder(data);
        folder.open("item_1");

        folder.remove();

        assertThat(data.resolve("spool")).isEmptyDirectory();
    }

    private Path leftBehind(String name) throws IOException {
        Path folder = Files.createDirectories(data.resolve("spool").resolve(name));
        Files.writeString(folder.resolve("item.part"), "left");
        return folder;
    }

    private static String hex(String algorithm, byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    }
}
