package io.caravan.ops;

import java.util.Map;
import java.util.Set;
import javax.management.ObjectName;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;

/**
 * What an operator's browser may do through Jolokia: look at Camel's routes and counters, stop and start a route, and
 * read a few figures of the JVM. Everything that is not named here is refused: message bodies are patient data, system
 * properties can hold secrets, and most other operations change or reveal more than an operator needs in a browser.
 */
public final class JolokiaPolicy implements Restrictor {

    private static final String CAMEL = "org.apache.camel";

    /** Of a route, of the whole context, and of the registries behind Hawtio's tabs; none of them touches a message. */
    private static final Map<String, Set<String>> OPERATIONS = Map.of(
            "routes",
            Set.of(
                    "dumpRouteAsXml",
                    "dumpRouteAsYaml",
                    "dumpRouteStatsAsXml",
                    "dumpStepStatsAsXml",
                    "dumpRouteSourceLocationsAsXml",
                    "processorIds"),
            "context",
            Set.of("dumpRoutesAsXml", "dumpRoutesAsYaml", "dumpRoutesStatsAsXml", "dumpStepStatsAsXml"),
            "services",
            Set.of("endpointStatistics", "listTypeConverters", "listRestServices"));

    /** Of a route, without arguments: those could abort what is under way. */
    private static final Set<String> LIFECYCLE =
            Set.of("start", "start()", "stop", "stop()", "suspend", "suspend()", "resume", "resume()");

    private static final Map<String, Set<String>> JVM = Map.of(
            "Runtime", Set.of("Name", "StartTime", "Uptime", "VmName", "VmVendor", "VmVersion", "SpecVersion"),
            "Memory", Set.of("HeapMemoryUsage", "NonHeapMemoryUsage"),
            "Threading", Set.of("ThreadCount", "PeakThreadCount", "DaemonThreadCount", "TotalStartedThreadCount"),
            "ClassLoading", Set.of("LoadedClassCount", "TotalLoadedClassCount", "UnloadedClassCount"),
            "GarbageCollector", Set.of("CollectionCount", "CollectionTime", "Name"),
            "OperatingSystem",
                    Set.of(
                            "Name",
                            "Arch",
                            "Version",
                            "AvailableProcessors",
                            "SystemLoadAverage",
                            "ProcessCpuLoad",
                            "ProcessCpuTime",
                            "SystemCpuLoad",
                            "CpuLoad",
                            "TotalMemorySize",
                            "FreeMemorySize",
                            "OpenFileDescriptorCount",
                            "MaxFileDescriptorCount"));

    /** Types of Camel's MBeans that exist to show messages. */
    private static final Set<String> SHOWS_MESSAGES = Set.of("tracer", "debugger");
    /** Attributes that quote an exception, a value or a setting. */
    private static final Set<String> QUOTES = Set.of("LastError", "GlobalOptions", "Variables");

    @Override
    public boolean isHttpMethodAllowed(HttpMethod method) {
        return method == HttpMethod.POST; // a link that somebody is lured to is a GET
    }

    @Override
    public boolean isTypeAllowed(RequestType type) {
        return switch (type) {
            case READ, EXEC, LIST, SEARCH, VERSION -> true;
            case WRITE, CONFIG, NOTIFICATION -> false;
        };
    }

    @Override
    public boolean isAttributeReadAllowed(ObjectName name, String attribute) {
        return switch (name.getDomain()) {
            case CAMEL -> !isObjectNameHidden(name) && !QUOTES.contains(attribute);
            case "java.lang" -> JVM.getOrDefault(type(name), Set.of()).contains(attribute);
            default -> false;
        };
    }

    @Override
    public boolean isAttributeWriteAllowed(ObjectName name, String attribute) {
        return false;
    }

    /** With or without a signature: {@code dumpRouteAsXml(boolean)} is {@code dumpRouteAsXml}. */
    @Override
    public boolean isOperationAllowed(ObjectName name, String operation) {
        String plain = operation.contains("(") ? operation.substring(0, operation.indexOf('(')) : operation;
        return name.getDomain().equals(CAMEL)
                && !isObjectNameHidden(name)
                && (OPERATIONS.getOrDefault(type(name), Set.of()).contains(plain)
                        || (type(name).equals("routes") && LIFECYCLE.contains(operation)));
    }

    /** Who may ask at all is decided by Spring Security before. */
    @Override
    public boolean isRemoteAccessAllowed(String... hostOrAddress) {
        return true;
    }

    /** Never announced to another origin; whether a request is refused for its origin is decided by Spring Security. */
    @Override
    public boolean isOriginAllowed(String origin, boolean onlyWhenStrictCheckingIsEnabled) {
        return onlyWhenStrictCheckingIsEnabled;
    }

    @Override
    public boolean isObjectNameHidden(ObjectName name) {
        return switch (name.getDomain()) {
            case CAMEL -> SHOWS_MESSAGES.contains(type(name)) || name.toString().contains("Backlog");
            case "java.lang" -> !JVM.containsKey(type(name));
            default -> true;
        };
    }

    private static String type(ObjectName name) {
        return String.valueOf(name.getKeyProperty("type"));
    }
}
