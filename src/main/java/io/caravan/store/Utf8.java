package io.caravan.store;

import io.caravan.support.payload.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. The JSON parser lets some of these
 * pass, and PostgreSQL would refuse the whole page for one of them.
 */
final class Utf8 {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NON_ASCII = 0x8080808080808080L;

    private static final int WINDOW = 1 << 16;
    private static final int LONGEST = 4;

    private Utf8() {}

    /** Offset of the first byte that does not belong, or -1. */
    static int firstInvalid(Payload body) {
        return body.held() ? firstInvalid(body.bytes(), body.length()) : firstInvalid(body.open());
    }

    /** Window by window; a sequence that a window's end cuts through is the beginning of the next one. */
    private static int firstInvalid(InputStream in) {
        byte[] window = new byte[WINDOW];
        int before = 0;
        int kept = 0;
        while (true) {
            int filled = kept + read(in, window, kept);
            int invalid = firstInvalid(window, filled);
            if (invalid < 0 && filled < WINDOW) {
                return -1;
            }
            int cut = invalid < 0 ? filled : invalid;
            kept = filled - cut;
            if (kept >= LONGEST || kept > 0 && filled < WINDOW) {
                return before + invalid;
            }
            System.arraycopy(window, cut, window, 0, kept);
            before += cut;
        }
    }

    private static int read(InputStream in, byte[] window, int from) {
        try {
            return in.readNBytes(window, from, window.length - from);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int firstInvalid(byte[] bytes, int end) {
        int at = 0;
        while (at < end) {
            if (at + Long.BYTES <= end && ((long) LONGS.get(bytes, at) & NON_ASCII) == 0) {
                at += Long.BYTES;
            } else if (bytes[at] >= 0) {
                at++;
            } else {
                int length = sequence(bytes, at, end);
                if (length == 0) {
                    return at;
                }
                at += length;
            }
        }
        return -1;
    }

    /** Length of the multi-byte sequence at an offset, 0 where there is no valid one. */
    private static int sequence(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xFF;
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (at + length > end || !secondFits(lead, bytes[at + 1] & 0xFF)) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    private static boolean secondFits(int lead, int second) {
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        return second >= lowest && second <= highest;
    }
}
