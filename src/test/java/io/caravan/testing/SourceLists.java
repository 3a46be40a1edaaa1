package io.caravan.testing;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Parts of lists whose elements are made when they are asked for: what is kept is their numbers. */
final class SourceLists {

    private SourceLists() {}

    static List<SourceResource> where(List<SourceResource> list, Predicate<SourceResource> condition) {
        int[] numbers = IntStream.range(0, list.size())
                .filter(i -> condition.test(list.get(i)))
                .toArray();
        return new Picked(list, numbers);
    }

    /** The last change first; of two at the same time, the later one in the list. */
    static List<SourceResource> newestFirst(List<SourceResource> list) {
        int[] numbers = IntStream.range(0, list.size())
                .boxed()
                .sorted(Comparator.<Integer, java.time.Instant>comparing(
                                i -> list.get(i).changed())
                        .thenComparing(Comparator.naturalOrder())
                        .reversed())
                .mapToInt(Integer::intValue)
                .toArray();
        return new Picked(list, numbers);
    }

    /** One behind the other. */
    static List<SourceResource> concat(List<SourceResource> first, List<SourceResource> second) {
        if (first.isEmpty() || second.isEmpty()) {
            return first.isEmpty() ? second : first;
        }
        return new AbstractList<>() {
            @Override
            public SourceResource get(int index) {
                return index < first.size() ? first.get(index) : second.get(index - first.size());
            }

            @Override
            public int size() {
                return first.size() + second.size();
            }
        };
    }

    private static final class Picked extends AbstractList<SourceResource> implements RandomAccess {

        private final List<SourceResource> of;
        private final int[] numbers;

        Picked(List<SourceResource> of, int[] numbers) {
            this.of = of;
            this.numbers = Arrays.copyOf(numbers, numbers.length);
        }

        @Override
        public SourceResource get(int index) {
            return of.get(numbers[index]);
        }

        @Override
        public int size() {
            return numbers.length;
        }
    }
}
