package io.caravan.destination;

/** A bucket as a test asks for it; a request that fails throws what {@link StoreAnswers} has words for. */
interface ProbedStore extends AutoCloseable {

    /** Asks for what is in it: that shows that it is there. */
    void list();

    void write(String key, byte[] content);

    byte[] read(String key);

    void delete(String key);

    @Override
    void close();
}
