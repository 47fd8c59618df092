package emrsim.examples;

import java.math.BigInteger;

/**
 * The random numbers and the records of the sort benchmark's generator, gensort, which Hadoop's teragen makes too.
 *
 * <p>Assumed: the constants of the generator and the layout of a record are from memory of its public source; what is
 * tested is that the numbers are the same from wherever one begins.
 */
final class TeraRandom {
    private static final int BITS = 128;
    private static final BigInteger MASK = BigInteger.ONE.shiftLeft(BITS).subtract(BigInteger.ONE);
    private static final BigInteger FACTOR = new BigInteger("2360ED051FC65DA44385DF649FCCF645", 16);
    private static final BigInteger SUMMAND = new BigInteger("4A696D47726179524950202020202001", 16);
    private static final String HEX = "0123456789ABCDEF";

    private TeraRandom() {}

    /** The number of a row: the one after {@code row} steps from 0, and one more. */
    static BigInteger number(long row) {
        BigInteger factor = FACTOR;
        BigInteger summand = SUMMAND;
        BigInteger number = BigInteger.ZERO;
        for (long rest = row + 1; rest > 0; rest >>= 1) {
            if ((rest & 1) == 1) {
                number = number.multiply(factor).add(summand).and(MASK);
            }
            summand = factor.add(BigInteger.ONE).multiply(summand).and(MASK); // two steps of this size at once
            factor = factor.multiply(factor).and(MASK);
        }
        return number;
    }

    static BigInteger next(BigInteger number) {
        return number.multiply(FACTOR).add(SUMMAND).and(MASK);
    }

    /** A record: 10 random bytes, the row's number in hex, and 48 letters of the number's low digits. */
    static void fill(byte[] record, BigInteger number, long row) {
        for (int i = 0; i < TeraRecords.KEY_BYTES; i++) {
            record[i] = (byte) number.shiftRight(BITS - 8 * (i + 1)).intValue();
        }
        put(record, 10, 0x00, 0x11);
        for (int i = 0; i < 32; i++) {
            record[12 + i] = (byte) (i < 16 ? '0' : digit((int) (row >>> 4 * (31 - i))));
        }
        put(record, 44, 0x88, 0x99, 0xAA, 0xBB);
        for (int i = 0; i < 48; i++) {
            record[48 + i] = (byte) digit(number.shiftRight(4 * (11 - i / 4)).intValue());
        }
        put(record, 96, 0xCC, 0xDD, 0xEE, 0xFF);
    }

    private static char digit(int bits) {
        return HEX.charAt(bits & 15);
    }

    private static void put(byte[] record, int place, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            record[place + i] = (byte) bytes[i];
        }
    }
}
