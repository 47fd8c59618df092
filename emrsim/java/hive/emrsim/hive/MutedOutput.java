package emrsim.hive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An output that leaves out all lines between what {@code SET emrsim.mute=on} and {@code SET emrsim.mute=off} print.
 *
 * <p>Spark prints a setting as its name, a tab and its value, and before it, if headers are wanted, a line of the names
 * of these two columns, which is held back until it is known what follows.
 */
final class MutedOutput extends OutputStream {
    private static final byte[] ON = line("emrsim.mute\ton");
    private static final byte[] OFF = line("emrsim.mute\toff");
    private static final byte[] HEADER = line("key\tvalue");
    private static final byte[][] MARKS = {ON, OFF, HEADER};

    private final OutputStream out;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private boolean isMuted;
    private boolean holdsHeader;

    MutedOutput(OutputStream out) {
        this.out = out;
    }

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void write(int one) throws IOException {
        begun.write(one);
        if (one == '\n') {
            endOfLine(begun.toByteArray());
            begun.reset();
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        byte[] bytes = begun.toByteArray();
        if (bytes.length > 0 && Arrays.stream(MARKS).noneMatch(mark -> startsWith(mark, bytes))) {
            emit(bytes);
            begun.reset();
        }
        out.flush();
    }

    /** Writes what was held back. */
    synchronized void end() {
        try {
            emit(begun.toByteArray());
            begun.reset();
            out.flush();
        } catch (IOException error) {
            System.err.println("emrsim: the output could not be written: " + error);
        }
    }

    private void endOfLine(byte[] line) throws IOException {
        if (Arrays.equals(line, HEADER) && !isMuted && !holdsHeader) {
            holdsHeader = true;
        } else if (Arrays.equals(line, ON) || Arrays.equals(line, OFF)) {
            isMuted = Arrays.equals(line, ON);
            holdsHeader = false;
        } else {
            emit(line);
        }
    }

    private void emit(byte[] bytes) throws IOException {
        if (holdsHeader) {
            holdsHeader = false;
            out.write(HEADER);
        }
        if (!isMuted) {
            out.write(bytes);
        }
    }

    private static boolean startsWith(byte[] mark, byte[] bytes) {
        return bytes.length <= mark.length && Arrays.equals(Arrays.copyOf(mark, bytes.length), bytes);
    }
}
