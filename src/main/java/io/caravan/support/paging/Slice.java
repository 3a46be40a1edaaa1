package io.caravan.support.paging;

import java.util.List;
import java.util.function.Function;

/** A page of a list, and the cursor of the next one; null where there is none. */
public record Slice<T>(List<T> data, String nextCursor) {

    public Slice {
        data = List.copyOf(data);
    }

    public <R> Slice<R> map(Function<? super T, ? extends R> each) {
        return new Slice<>(data.stream().<R>map(each).toList(), nextCursor);
    }
}
