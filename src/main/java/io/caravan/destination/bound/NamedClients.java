package io.caravan.destination.bound;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.spi.BeanRepository;

/**
 * The clients that routes refer to by name, for Camel's registry to look into. What is bound in that registry itself lies in a
 * map that bears no two threads at once, and clients are opened and closed by all of them.
 */
public final class NamedClients implements BeanRepository {

    private final Map<String, Object> clients = new ConcurrentHashMap<>();

    public void bind(String name, Object client) {
        clients.put(name, client);
    }

    public void unbind(String name) {
        clients.remove(name);
    }

    @Override
    public Object lookupByName(String name) {
        return clients.get(name);
    }

    @Override
    public <T> T lookupByNameAndType(String name, Class<T> type) {
        Object client = clients.get(name);
        return type.isInstance(client) ? type.cast(client) : null;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return clients.entrySet().stream()
                .filter(client -> type.isInstance(client.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, client -> type.cast(client.getValue())));
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return Set.copyOf(findByTypeWithName(type).values());
    }
}
