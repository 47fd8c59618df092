package emrsim.hadoop;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BufferedFSInputStream;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * S3 (as s3, s3n and s3a) and HDFS as directories of this machine; see {@link Places} for which.
 *
 * <p>Each of the four takes paths of the others too, because old programs ask the default file system for
 * everything, and gives paths in the scheme they were asked for.
 */
public abstract class DirectoryFileSystem extends FileSystem {

    /** {@code s3://}. Hadoop counts what is read and written by class, so each scheme has one. */
    public static final class S3 extends DirectoryFileSystem {}

    /** {@code s3n://}. */
    public static final class S3n extends DirectoryFileSystem {}

    /** {@code s3a://}. */
    public static final class S3a extends DirectoryFileSystem {}

    /** {@code hdfs://}. */
    public static final class Hdfs extends DirectoryFileSystem {}

    /** HDFS for Hive, which takes a file system that is called hdfs for Hadoop's own class. */
    public static final class Dfs extends DirectoryFileSystem {
        @Override
        public void initialize(URI name, Configuration conf) throws IOException {
            super.initialize(URI.create("dfs:///"), conf);
        }
    }

    private static final String USER = "hadoop";
    private static final String HOME = "/user/" + USER;
    private static final long BLOCK_BYTES = 64L << 20; // fs.s3n.block.size
    private static final int BUFFER_BYTES = 64 << 10;

    private URI uri;
    private Path workingDirectory;
    private Places places;

    @Override
    public void initialize(URI name, Configuration conf) throws IOException {
        super.initialize(name, conf);
        setConf(conf);
        String authority = Places.bucket(name.getAuthority());
        uri = URI.create(name.getScheme() + "://" + (authority.isEmpty() ? "/" : authority));
        workingDirectory = getHomeDirectory();
        places = new Places(conf);
    }

    @Override
    public String getScheme() {
        return uri.getScheme();
    }

    @Override
    public URI getUri() {
        return uri;
    }

    @Override
    public Path getHomeDirectory() {
        return new Path(uri.getScheme(), uri.getAuthority(), HOME);
    }

    @Override
    public Path getWorkingDirectory() {
        return workingDirectory;
    }

    @Override
    public void setWorkingDirectory(Path path) {
        workingDirectory = absolute(path);
    }

    @Override
    public long getDefaultBlockSize(Path path) {
        return getConf().getLong("fs.local.block.size", BLOCK_BYTES);
    }

    @Override
    protected void checkPath(Path path) {
        String scheme = path.toUri().getScheme();
        if (scheme != null && !Places.knows(scheme)) {
            throw new IllegalArgumentException("Wrong FS: " + path + ", expected: " + uri);
        }
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        statistics.incrementReadOps(1);
        return status(absolute(path));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        statistics.incrementReadOps(1);
        Path folder = absolute(path);
        FileStatus status = status(folder);
        if (!status.isDirectory()) {
            return new FileStatus[] {status};
        }
        List<FileStatus> found = new ArrayList<>();
        for (String name : names(place(folder))) {
            try {
                found.add(status(child(folder, name)));
            } catch (FileNotFoundException | Places.OutsideException notThere) {
                continue; // gone since, a link to nowhere, or one out of the root, which S3 does not show either
            }
        }
        return found.toArray(new FileStatus[0]);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        statistics.incrementReadOps(1);
        Path file = absolute(path);
        if (status(file).isDirectory()) {
            throw new FileNotFoundException("Path is not a file: " + file);
        }
        int size = Math.max(bufferSize, BUFFER_BYTES);
        return new FSDataInputStream(
                new BufferedFSInputStream(new FileInput(place(file).path, statistics), size));
    }

    @Override
    public FSDataOutputStream create(
            Path path, FsPermission permission, boolean overwrite, int bufferSize, short replication,
            long blockSize, Progressable progress) throws IOException {
        Path file = absolute(path);
        Place place = writable(file);
        refuseToReplace(file, place, overwrite);
        makeFolder(file.getParent(), place.path.getParent());
        return output(place, false, bufferSize);
    }

    @Override
    public FSDataOutputStream createNonRecursive(
            Path path, FsPermission permission, EnumSet<CreateFlag> flags, int bufferSize, short replication,
            long blockSize, Progressable progress) throws IOException {
        Path file = absolute(path);
        Place place = writable(file);
        if (flags.contains(CreateFlag.APPEND)) {
            return append(path, bufferSize, progress);
        }
        refuseToReplace(file, place, flags.contains(CreateFlag.OVERWRITE));
        if (!place.isObject && !Files.isDirectory(place.path.getParent())) {
            throw new FileNotFoundException("Parent directory doesn't exist: " + file.getParent());
        }
        makeFolder(file.getParent(), place.path.getParent());
        return output(place, false, bufferSize);
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) throws IOException {
        Path file = absolute(path);
        Place place = writable(file);
        if (place.isObject) {
            throw new UnsupportedOperationException("Append is not supported in S3: " + file);
        }
        if (status(file).isDirectory()) {
            throw new FileNotFoundException("Path is not a file: " + file);
        }
        return output(place, true, bufferSize);
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        statistics.incrementWriteOps(1);
        Path folder = absolute(path);
        Place place = writable(folder);
        boolean isNew = !Files.exists(place.path);
        makeFolder(folder, place.path);
        if (isNew && permission != null && !place.isObject) {
            setPermission(folder, permission.applyUMask(FsPermission.getUMask(getConf())));
        }
        return true;
    }

    @Override
    public boolean rename(Path source, Path target) throws IOException {
        statistics.incrementWriteOps(1);
        Place from = writable(absolute(source));
        Place to = writable(absolute(target));
        if (from.isTop() || !Files.exists(from.path)) {
            return false;
        }
        java.nio.file.Path end = to.path;
        if (Files.isDirectory(end)) {
            end = end.resolve(from.path.getFileName());
        }
        if (Files.exists(end) || end.startsWith(from.path)) {
            return end.equals(from.path) && Files.isRegularFile(end);
        }
        makeFolder(absolute(target).getParent(), end.getParent());
        Files.move(from.path, end);
        return true;
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        statistics.incrementWriteOps(1);
        Path file = absolute(path);
        Place place = writable(file);
        if (place.isTop() || !Files.exists(place.path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (!recursive && Files.isDirectory(place.path) && names(place).length > 0) {
            throw new PathIsNotEmptyDirectoryException(file.toString());
        }
        return FileUtil.fullyDelete(place.path.toFile());
    }

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
        Place place = writable(absolute(path));
        if (!place.isObject) {
            String letters = FsPermission.createImmutable((short) (permission.toShort() & 0777)).toString();
            Files.setPosixFilePermissions(place.path, PosixFilePermissions.fromString(letters));
        }
    }

    /** Accepted and forgotten: everything belongs to the one user of the cluster. */
    @Override
    public void setOwner(Path path, String user, String group) throws IOException {
        writable(absolute(path));
    }

    @Override
    public void setTimes(Path path, long modified, long accessed) throws IOException {
        Place place = writable(absolute(path));
        if (modified >= 0 && !place.isObject) {
            Files.setLastModifiedTime(place.path, FileTime.fromMillis(modified));
        }
    }

    private Path absolute(Path path) {
        checkPath(path);
        URI name = path.toUri();
        boolean isTop = name.getScheme() != null && name.getPath().isEmpty();
        Path qualified = isTop ? new Path(path, "/") : path.makeQualified(uri, workingDirectory);
        URI full = qualified.toUri();
        // Hadoop leaves `..` at the beginning of a name alone; in HDFS there is nothing above the top.
        return Places.isHdfs(full)
                ? new Path(full.getScheme(), full.getAuthority(), full.getPath().replaceFirst("^(/\\.\\.)+(?=/|$)", "/"))
                : new Path(full.getScheme(), Places.bucket(full.getAuthority()), full.getPath());
    }

    private Place place(Path absolute) throws IOException {
        return places.place(absolute.toUri());
    }

    private Place writable(Path absolute) throws IOException {
        Place place = place(absolute);
        if (place.isReadOnly) {
            throw new IOException(absolute + ": the bucket " + absolute.toUri().getAuthority()
                    + " is built in and cannot be written to");
        }
        return place;
    }

    private FileStatus status(Path file) throws IOException {
        Place place = place(file);
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(place.path, PosixFileAttributes.class);
        } catch (NoSuchFileException missing) {
            throw new FileNotFoundException("File does not exist: " + file);
        } catch (FileSystemException odd) {
            // ENOTDIR: a part of the name is a file, so there is nothing below it.
            throw (IOException) new FileNotFoundException("File does not exist: " + file).initCause(odd);
        }
        FsPermission permission = FsPermission.valueOf(
                (attributes.isDirectory() ? "d" : "-") + PosixFilePermissions.toString(attributes.permissions()));
        return new FileStatus(
                attributes.isDirectory() ? 0 : attributes.size(), attributes.isDirectory(), 1,
                getDefaultBlockSize(file), attributes.lastModifiedTime().toMillis(),
                attributes.lastAccessTime().toMillis(), permission, USER, USER, file);
    }

    private static String[] names(Place folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<java.nio.file.Path> entries = Files.newDirectoryStream(folder.path)) {
            for (java.nio.file.Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!folder.isObject || Places.isKeyName(name)) {
                    names.add(name);
                }
            }
        }
        String[] sorted = names.toArray(new String[0]);
        Arrays.sort(sorted);
        return sorted;
    }

    private static Path child(Path folder, String name) {
        URI parent = folder.toUri();
        String slash = parent.getPath().endsWith("/") ? "" : "/";
        // Not new Path(folder, name), which takes a colon in the name for a scheme's.
        return new Path(parent.getScheme(), parent.getAuthority(), parent.getPath() + slash + name);
    }

    private static void refuseToReplace(Path file, Place place, boolean overwrite) throws IOException {
        if (Files.isDirectory(place.path)) {
            throw new FileAlreadyExistsException(file + " is a directory");
        }
        if (!overwrite && Files.exists(place.path)) {
            throw new FileAlreadyExistsException(file + " already exists");
        }
    }

    private static void makeFolder(Path name, java.nio.file.Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (java.nio.file.FileAlreadyExistsException file) {
            throw new FileAlreadyExistsException("Path is not a directory: " + name);
        } catch (FileSystemException odd) {
            if (Places.isBelowFile(folder)) {
                throw new ParentNotDirectoryException("Parent path is not a directory: " + name);
            }
            throw odd;
        }
    }

    private FSDataOutputStream output(Place place, boolean isAppended, int bufferSize) throws IOException {
        statistics.incrementWriteOps(1);
        long position = isAppended ? Files.size(place.path) : 0;
        FileOutputStream file = new FileOutputStream(place.path.toFile(), isAppended);
        return new FSDataOutputStream(
                new BufferedOutputStream(file, Math.max(bufferSize, BUFFER_BYTES)), statistics, position);
    }
}
