package io.caravan.destination.bound;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Stands for a client until it is closed, and lets go of it then: Camel keeps the producers of a step that were used last,
 * and so all that they refer to.
 *
 * @param <T> the client's interface
 */
public final class Detachable<T> implements InvocationHandler {

    private final T face;
    private volatile T client;

    /** Stands for this client. */
    public Detachable(Class<T> type, T client) {
        this.client = client;
        this.face = type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this));
    }

    /** What is given to Camel in the client's place. */
    public T face() {
        return face;
    }

    /** Nothing refers to the client from here any more. */
    public void detach() {
        client = null;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        T present = client;
        if (present == null) {
            throw new IllegalStateException("This client is closed");
        }
        try {
            return method.invoke(present, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
