package io.caravan.deliver;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * One object on its way out: a private file, with its digests, and the count of the records written to it. The MD5 is what
 * stores check an upload against; the SHA-256 is the object's in the manifest.
 */
public final class Spool implements Closeable {

    private final Path path;
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5 = digest("MD5");
    private final Counted file;
    private final boolean gzip;
    private OutputStream lines;
    private int records;
    private byte[] sha256Sum;
    private byte[] md5Sum;

    Spool(Path path) throws IOException {
        this(path, false);
    }

    private Spool(Path path, boolean gzip) throws IOException {
        this.path = path;
        this.gzip = gzip;
        OutputStream onDisk = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        this.file = new Counted(new DigestOutputStream(new DigestOutputStream(onDisk, sha256), md5));
    }

    /** What is appended lies in the file as gzip; where nothing is, it stays empty. Size and digests are the file's. */
    static Spool gzip(Path path) throws IOException {
        return new Spool(path, true);
    }

    void append(byte[] chunk, int recordsInIt) throws IOException {
        append(chunk, 0, chunk.length, recordsInIt);
    }

    void append(byte[] chunk, int from, int length, int recordsInIt) throws IOException {
        if (lines == null) {
            lines = gzip ? new Gzip(file) : file;
        }
        lines.write(chunk, from, length);
        records += recordsInIt;
    }

    /** Records that its bytes hold in another form. */
    void count(int more) {
        records += more;
    }

    /** Nothing more is written; digests and length are known from now on. */
    Spool complete() throws IOException {
        (lines == null ? file : lines).close();
        sha256Sum = sha256.digest();
        md5Sum = md5.digest();
        if (Files.size(path) != bytes()) {
            throw new IOException("The spool file has %d bytes instead of %d".formatted(Files.size(path), bytes()));
        }
        return this;
    }

    public File file() {
        return path.toFile();
    }

    /** The file, to be read more than once; whoever takes it closes it. */
    InputStream stream() throws IOException {
        return new SpoolStream(file());
    }

    public long bytes() {
        return file.bytes;
    }

    public int records() {
        return records;
    }

    /** Whether there is nothing to deliver: every record of the item was superseded. */
    public boolean empty() {
        return bytes() == 0;
    }

    public String sha256() {
        return HexFormat.of().formatHex(sha256Sum);
    }

    /** As the Content-MD5 header wants it (RFC 1864). */
    public String contentMd5() {
        return Base64.getEncoder().encodeToString(md5Sum);
    }

    /** As the Azure SDK makes that header from. */
    byte[] md5Sum() {
        return md5Sum.clone();
    }

    /** As S3 answers an upload in one part. */
    String md5() {
        return HexFormat.of().formatHex(md5Sum);
    }

    /** Deletes the file. */
    @Override
    public void close() throws IOException {
        try {
            file.close(); // on a full disk it flushes, and fails, again
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has " + algorithm, e);
        }
    }

    private static final class Counted extends FilterOutputStream {

        private long bytes;

        Counted(OutputStream to) {
            super(to);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] from, int start, int length) throws IOException {
            out.write(from, start, length);
            bytes += length;
        }
    }

    /** At level 1, as archives are. */
    private static final class Gzip extends GZIPOutputStream {

        Gzip(OutputStream to) throws IOException {
            super(to, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
