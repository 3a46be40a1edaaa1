package io.caravan.source.profile;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The keys of a profile as its record has them, in snake case and with dots; the key of a map of records is {@code <Type>}. */
final class ProfileKeys {

    private ProfileKeys() {}

    static List<String> all() {
        return of("", SourceProfile.class).toList();
    }

    private static Stream<String> of(String prefix, Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).flatMap(component -> of(prefix, component));
    }

    private static Stream<String> of(String prefix, RecordComponent component) {
        String key = prefix + component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
        if (component.getType().isRecord()) {
            return of(key + ".", component.getType());
        }
        if (component.getType() == Map.class
                && component.getGenericType() instanceof ParameterizedType map
                && isRecord(map.getActualTypeArguments()[1])) {
            return of(key + ".<Type>.", (Class<?>) map.getActualTypeArguments()[1]);
        }
        return Stream.of(key);
    }

    private static boolean isRecord(Type type) {
        return type instanceof Class<?> of && of.isRecord();
    }
}
