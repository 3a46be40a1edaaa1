package io.caravan.support.net;

import java.util.Locale;
import java.util.regex.Pattern;

/** The spellings of one host, made one; and numbers that pass for a host, found. */
final class HostNames {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*(%[0-9a-z_.-]+)?");
    private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

    private HostNames() {}

    /** Lower case, without the brackets of IPv6 and the dot of a fully qualified name. */
    static String normal(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        if (lower.startsWith("[") && lower.endsWith("]")) {
            return lower.substring(1, lower.length() - 1);
        }
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** Whether it is an address in its plain spelling, so that looking it up asks nobody. */
    static boolean isAddress(String normalHost) {
        return IPV4.matcher(normalHost).matches() || IPV6.matcher(normalHost).matches();
    }

    /** Spellings like 0x7f.1, 017700000001 or 2130706433, which one program reads as a name, another as an address. */
    static boolean isAmbiguous(String normalHost) {
        return ENDS_IN_NUMBER.matcher(normalHost).matches() && !isAddress(normalHost);
    }
}
