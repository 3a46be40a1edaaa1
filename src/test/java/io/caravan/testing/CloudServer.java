package io.caravan.testing;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A server of object storage that a cloud's clients talk to, and that can be told to fail. What its own methods do with
 * objects meets no fault.
 */
public interface CloudServer extends AutoCloseable {

    /** As a destination's settings have it. */
    String vendor();

    String endpoint();

    /** As a destination's credentials have them. */
    Map<String, String> credentials();

    /** From now on only other credentials are right: those that {@link #credentials} then gives. */
    void rotate();

    void createBucket(String bucket);

    /** Deletes the bucket with all that is in it. */
    void deleteBucket(String bucket);

    /** All keys that begin with the prefix, sorted. */
    List<String> keys(String bucket, String prefix);

    byte[] bytes(String bucket, String key);

    /** The lines of a UTF-8 object, unzipped if it is gzip. */
    default List<String> lines(String bucket, String key) {
        return S3Server.linesOf(bytes(bucket, key));
    }

    /** Answers the next uploads with this status. */
    void failPuts(int status, int times);

    /** From now on refusals ask to wait for so many seconds. */
    void askToWait(int seconds);

    /** Takes the next uploads, answers that all is well, and keeps them without their last byte. */
    void truncatePuts(int times);

    /** From now on uploads wait. */
    void hold();

    /** Lets go of the uploads that wait, and of those to come. */
    void release();

    /** How many uploads wait. */
    int held();

    /** How many uploads came in, refused ones too. */
    default int puts() {
        return putsAt().size();
    }

    /** When each upload came in, refused ones too. */
    List<Instant> putsAt();

    @Override
    void close();
}
