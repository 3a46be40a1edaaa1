package io.caravan.deliver;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.File;
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

/**
 * One object on its way out: a private file, with the digests and counts of what was written to it. The MD5 is what stores
 * check an upload against; the SHA-256 is the object's in the manifest.
 */
public final class Spool implements Closeable {

    private final Path path;
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5 = digest("MD5");
    private final OutputStream out;
    private long bytes;
    private int records;
    private byte[] sha256Sum;
    private byte[] md5Sum;

    Spool(Path path) throws IOException {
        this.path = path;
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        this.out = new DigestOutputStream(new DigestOutputStream(file, sha256), md5);
    }

    void append(byte[] chunk, int recordsInIt) throws IOException {
        append(chunk, 0, chunk.length, recordsInIt);
    }

    void append(byte[] chunk, int from, int length, int recordsInIt) throws IOException {
        out.write(chunk, from, length);
        bytes += length;
        records += recordsInIt;
    }

    /** Records that its bytes hold in another form. */
    void count(int more) {
        records += more;
    }

    /** Nothing more is written; digests and length are known from now on. */
    Spool complete() throws IOException {
        out.close();
        sha256Sum = sha256.digest();
        md5Sum = md5.digest();
        if (Files.size(path) != bytes) {
            throw new IOException("The spool file has %d bytes instead of %d".formatted(Files.size(path), bytes));
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
        return bytes;
    }

    public int records() {
        return records;
    }

    /** Whether there is nothing to deliver: every record of the item was superseded. */
    public boolean empty() {
        return bytes == 0;
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
            out.close(); // on a full disk it flushes, and fails, again
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
}
