package io.caravan.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Bodies of real sources, and of broken ones (sources.md 18). HTML, truncated bodies and SUBSETTED resources are in
 * {@link Fault}, resources that no parser likes in {@link SourceOddities}.
 */
public final class FaultyBodies {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private FaultyBodies() {}

    /** JSON on many lines, with white space wherever it may be. Texts and numbers stay as they are. */
    public static Fault prettyPrinted() {
        return FaultKinds.answered((request, answer) -> answer.rewritten(SourceJson::pretty));
    }

    /** This content type, whatever the body is. */
    public static Fault contentType(String wrong) {
        return FaultKinds.answered((request, answer) -> answer.with("Content-Type", wrong));
    }

    /** Any bytes at all. */
    public static Fault bytes(int status, String contentType, byte[] body) {
        return FaultKinds.instead(SourceAnswer.of(status, contentType, body));
    }

    /** A byte order mark before the body. */
    public static Fault byteOrderMark() {
        return FaultKinds.answered((request, answer) -> answer.rewritten(body -> concat(BYTE_ORDER_MARK, body)));
    }

    /** So many bytes of the body, as if they were all: for HTTP the answer is whole. */
    public static Fault cutAfter(int bytes) {
        return FaultKinds.answered(
                (request, answer) -> answer.rewritten(body -> Arrays.copyOf(body, Math.min(bytes, body.length))));
    }

    /** Compressed by gzip where the client says that it takes it. */
    public static Fault gzip() {
        return whereAsked("gzip", (request, answer) -> encoded(answer, "gzip"));
    }

    /** Compressed by deflate, in zlib's format (RFC 9110 § 8.4.1.2), where the client says that it takes it. */
    public static Fault deflate() {
        return whereAsked("deflate", (request, answer) -> encoded(answer, "deflate"));
    }

    /** Compressed by gzip though nobody asked for it. */
    public static Fault gzipUnasked() {
        return FaultKinds.answered((request, answer) -> encoded(answer, "gzip"));
    }

    private static Fault whereAsked(String encoding, BiFunction<SourceRequest, SourceAnswer, SourceAnswer> change) {
        return FaultKinds.answered((request, answer) ->
                request.header("Accept-Encoding").orElse("").contains(encoding)
                        ? change.apply(request, answer)
                        : answer);
    }

    private static SourceAnswer encoded(SourceAnswer answer, String encoding) {
        return answer.rewritten(encoding.equals("gzip") ? FaultyBodies::gzipped : FaultyBodies::deflated)
                .with("Content-Encoding", encoding);
    }

    /** The beginning of a page, and so many megabytes of blanks behind it, in gzip: about a thousandth of them is sent. */
    public static Fault gzipBomb(int megabytes) {
        return FaultKinds.instead(
                request -> true,
                request -> SourceAnswer.of(
                                200, SourceAnswer.FHIR_JSON, SourceBody.of(-1, out -> writeBomb(out, megabytes)))
                        .with("Content-Encoding", "gzip"));
    }

    /** Pages have an extension of so many bytes, beside what they have (a page of 50 MB). */
    public static Fault padded(int bytes) {
        String filler = "\"extension\":[{\"url\":\"urn:filler\",\"valueString\":\"" + "x".repeat(bytes) + "\"}],";
        return FaultKinds.answered((request, answer) -> answer.rewritten(page -> concat(
                "{".getBytes(StandardCharsets.UTF_8),
                filler.getBytes(StandardCharsets.UTF_8),
                Arrays.copyOfRange(page, 1, page.length))));
    }

    /** Each match of a page is in it so many times. */
    public static Fault repeatedEntries(int times) {
        return FaultKinds.shaped(shape -> shape.thenEntries(
                entries -> entries.flatMap(entry -> Stream.generate(() -> entry).limit(times))));
    }

    private static byte[] gzipped(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] deflated(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream deflate = new DeflaterOutputStream(out)) {
            deflate.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** One member of gzip whose blocks are compressed once and sent often: a full flush makes them independent. */
    private static void writeBomb(OutputStream out, int megabytes) throws IOException {
        byte[] head =
                "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[".getBytes(StandardCharsets.UTF_8);
        byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        byte[] block = flushed(blanks);
        CRC32 crc = new CRC32();
        out.write(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0});
        crc.update(head);
        out.write(flushed(head));
        for (int i = 0; i < megabytes; i++) {
            crc.update(blanks);
            out.write(block);
        }
        out.write(new byte[] {3, 0});
        littleEndian(out, crc.getValue());
        littleEndian(out, head.length + ((long) megabytes << 20));
    }

    private static byte[] flushed(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(bytes);
            byte[] block = new byte[bytes.length + 64];
            int length = deflater.deflate(block, 0, block.length, Deflater.FULL_FLUSH);
            return Arrays.copyOf(block, length);
        } finally {
            deflater.end();
        }
    }

    private static void littleEndian(OutputStream out, long number) throws IOException {
        for (int i = 0; i < 4; i++) {
            out.write((int) (number >>> (8 * i)));
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
