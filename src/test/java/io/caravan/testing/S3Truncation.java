package io.caravan.testing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** A store that loses the last byte of an object where it is told to. */
final class S3Truncation extends ForwardingBlobStore {

    private final AtomicInteger left = new AtomicInteger();

    S3Truncation(BlobStore store) {
        super(store);
    }

    void truncatePuts(int times) {
        left.set(times);
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
        if (left.getAndUpdate(n -> Math.max(0, n - 1)) == 0) {
            return super.putBlob(request, body);
        }
        PutObjectRequest shorter = request.contentLength() == null || request.contentLength() == 0
                ? request
                : request.toBuilder().contentLength(request.contentLength() - 1).build();
        return super.putBlob(shorter, new AllButLast(body));
    }

    /** Reads its source to the end, so that checksums over it still hold, and hides the last byte. */
    private static final class AllButLast extends FilterInputStream {

        AllButLast(InputStream in) {
            super(new PushbackInputStream(in));
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            return read < 0 || atEnd() ? -1 : read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int read = in.read(buffer, offset, length);
            if (read <= 0 || !atEnd()) {
                return read;
            }
            return read == 1 ? -1 : read - 1;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private boolean atEnd() throws IOException {
            int next = in.read();
            if (next >= 0) {
                ((PushbackInputStream) in).unread(next);
            }
            return next < 0;
        }
    }
}
