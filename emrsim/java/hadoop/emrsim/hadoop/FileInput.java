package emrsim.hadoop;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileSystem;

/** Reads a file from any position, and counts what was read for the counters of the job. */
final class FileInput extends FSInputStream {
    private final FileChannel channel;
    private final FileSystem.Statistics statistics;

    FileInput(Path path, FileSystem.Statistics statistics) throws IOException {
        this.channel = FileChannel.open(path);
        this.statistics = statistics;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return count(channel.read(ByteBuffer.wrap(buffer, offset, length)));
    }

    @Override
    public int read(long position, byte[] buffer, int offset, int length) throws IOException {
        validatePositionedReadArgs(position, buffer, offset, length);
        return count(channel.read(ByteBuffer.wrap(buffer, offset, length), position));
    }

    @Override
    public void seek(long position) throws IOException {
        if (position < 0 || position > channel.size()) {
            throw new EOFException("Cannot seek to " + position + " in a file of " + channel.size() + " bytes");
        }
        channel.position(position);
    }

    @Override
    public long getPos() throws IOException {
        return channel.position();
    }

    @Override
    public boolean seekToNewSource(long position) {
        return false;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, channel.size() - channel.position()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private int count(int bytes) {
        if (bytes > 0) {
            statistics.incrementBytesRead(bytes);
        }
        return bytes;
    }
}
