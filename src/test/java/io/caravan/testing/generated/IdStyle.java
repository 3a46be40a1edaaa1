package io.caravan.testing.generated;

import java.util.HexFormat;
import java.util.OptionalInt;

/** What ids look like: each holds the number of its resource, and whoever knows the style finds it again. */
public enum IdStyle {

    /** {@code g-4q9}. */
    PLAIN {
        @Override
        String of(int number) {
            return "g-" + Integer.toString(number, 36);
        }

        @Override
        String number(String id) {
            return id.startsWith("g-") ? id.substring(2) : "";
        }
    },

    /** As Epic makes them: longer than the 64 characters that FHIR allows. */
    EPIC {
        @Override
        String of(int number) {
            HexFormat hex = HexFormat.of();
            Draws draws = new Draws(number);
            return "e" + hex.toHexDigits(draws.next()) + "." + hex.toHexDigits(draws.next()) + "-"
                    + hex.toHexDigits(draws.next()) + ".VQEgP8drUUqCWzHfw3." + Integer.toString(number, 36);
        }

        @Override
        String number(String id) {
            return id.substring(id.lastIndexOf('.') + 1);
        }
    },

    /** As Cerner makes them: digits only. */
    CERNER {
        @Override
        String of(int number) {
            return Integer.toString(FIRST_DIGITS + number);
        }

        @Override
        String number(String id) {
            return id.matches("\\d{8,9}") ? Integer.toString(Integer.parseInt(id) - FIRST_DIGITS, 36) : "";
        }
    };

    private static final int FIRST_DIGITS = 10_000_000;

    abstract String of(int number);

    /** The number by which an id was made, to the base 36; nonsense for other ids. */
    abstract String number(String id);

    /** The number of the resource with this id; empty if the style makes no such id. */
    OptionalInt find(String id) {
        String number = number(id);
        if (!number.matches("[0-9a-z]{1,6}")) {
            return OptionalInt.empty();
        }
        long found = Long.parseLong(number, 36);
        return found <= Integer.MAX_VALUE && of((int) found).equals(id)
                ? OptionalInt.of((int) found)
                : OptionalInt.empty();
    }
}
