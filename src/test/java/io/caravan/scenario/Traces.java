package io.caravan.scenario;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import org.slf4j.LoggerFactory;

/** Everything that this process logs from now on, and where else a text could have been left behind. */
final class Traces implements AutoCloseable {

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Map<String, Level> before = new ConcurrentHashMap<>();
    private final Memory memory = new Memory();

    Traces() {
        memory.setContext(context);
        memory.start();
        root.addAppender(memory);
    }

    /** Logs all that these loggers have to say, until this is closed. */
    Traces debug(String... loggers) {
        for (String name : loggers) {
            before.put(name, context.getLogger(name).getEffectiveLevel());
            context.getLogger(name).setLevel(Level.DEBUG);
        }
        return this;
    }

    /** Message, arguments filled in, MDC and the whole stack of each event. */
    Collection<String> logged() {
        return memory.lines;
    }

    @Override
    public void close() {
        root.detachAppender(memory);
        before.forEach((name, level) -> context.getLogger(name).setLevel(level));
    }

    /** Name and attributes of every MBean of Camel, and what its lists and dumps say. */
    static List<String> beans() throws JMException {
        List<String> found = new ArrayList<>();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName bean : server.queryNames(new ObjectName("org.apache.camel:*"), null)) {
            found.add(bean.getCanonicalName());
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(bean).getAttributes()) {
                if (attribute.isReadable()) {
                    String name = attribute.getName();
                    found.add(name + "=" + asked(() -> server.getAttribute(bean, name)));
                }
            }
            for (MBeanOperationInfo operation : server.getMBeanInfo(bean).getOperations()) {
                String name = operation.getName();
                if (operation.getSignature().length == 0 && name.matches("(list|dump|show|browse).*")) {
                    found.add(name + "=" + asked(() -> server.invoke(bean, name, new Object[0], new String[0])));
                }
            }
        }
        return found;
    }

    private interface Question {
        Object ask() throws JMException;
    }

    private static Object asked(Question question) throws JMException {
        try {
            Object value = question.ask();
            return value instanceof Object[] array ? List.of(array) : value;
        } catch (RuntimeMBeanException | MBeanException e) {
            return e.getCause(); // what cannot be read now: what it says is a trace too
        }
    }

    /** The files below the folder that hold the text, in UTF-8. */
    static List<Path> filesWith(Path folder, String text) {
        byte[] needle = text.getBytes(StandardCharsets.UTF_8);
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && holds(file, needle)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException && !file.equals(folder)) {
                        return FileVisitResult.CONTINUE; // removed while we looked
                    }
                    throw failure;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static boolean holds(Path file, byte[] needle) {
        try {
            byte[] content = Files.readAllBytes(file);
            for (int i = 0; i <= content.length - needle.length; i++) {
                if (content[i] == needle[0] && matches(content, i, needle)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            return false; // removed while we looked
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean matches(byte[] content, int from, byte[] needle) {
        for (int i = 1; i < needle.length; i++) {
            if (content[from + i] != needle[i]) {
                return false;
            }
        }
        return true;
    }

    private static final class Memory extends AppenderBase<ILoggingEvent> {

        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            String stack =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage() + " " + event.getMDCPropertyMap() + " "
                    + stack);
        }
    }
}
