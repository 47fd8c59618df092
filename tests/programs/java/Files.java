import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Does one thing after the other to files, each an argument {@code DO PATH [MORE]} with TABs between, and prints a
 * line for each: what came of it, or the exception.
 */
public class Files {
    private static final Configuration CONF = new Configuration();

    public static void main(String[] arguments) {
        for (String argument : arguments) {
            String[] words = argument.split("\t");
            try {
                System.out.println(result(words, new Path(words[1])));
            } catch (Exception error) {
                System.out.println(error.getClass().getSimpleName() + ": " + error.getMessage());
            }
        }
    }

    private static String result(String[] words, Path path) throws Exception {
        FileSystem system = words[0].startsWith("default-") ? FileSystem.get(CONF) : path.getFileSystem(CONF);
        switch (words[0].replace("default-", "")) {
            case "list": return list(system.listStatus(path));
            case "glob": return list(system.globStatus(path));
            case "read": return read(system, path);
            case "seek": return seek(system, path, Long.parseLong(words[2]));
            case "write": return write(system.create(path, true), words[2]);
            case "new": return write(system.create(path, false), words[2]);
            case "append": return write(system.append(path), words[2]);
            case "mkdirs": return "" + system.mkdirs(path);
            case "exists": return "" + system.exists(path);
            case "delete": return "" + system.delete(path, true);
            case "delete-one": return "" + system.delete(path, false);
            case "rename": return "" + system.rename(path, new Path(words[2]));
            case "status": return status(system.getFileStatus(path));
            case "context": return "" + FileContext.getFileContext(path.toUri(), CONF).getFileStatus(path).getPath();
            case "qualify": return "" + system.makeQualified(path);
            case "chmod": system.setPermission(path, new FsPermission(words[2])); return "done";
            default: throw new IllegalArgumentException(words[0]);
        }
    }

    private static String list(FileStatus[] found) {
        List<String> names = new ArrayList<>();
        for (FileStatus status : found) {
            names.add(status.getPath() + (status.isDirectory() ? "/" : ""));
        }
        return String.join(" | ", names);
    }

    private static String status(FileStatus status) {
        return status.getPath() + " " + status.getLen() + " " + status.getPermission() + " " + status.getOwner();
    }

    private static String read(FileSystem system, Path path) throws Exception {
        byte[] content = new byte[(int) system.getFileStatus(path).getLen()];
        try (FSDataInputStream in = system.open(path)) {
            in.readFully(content);
        }
        return new String(content, StandardCharsets.UTF_8);
    }

    private static String seek(FileSystem system, Path path, long position) throws Exception {
        byte[] rest = new byte[64];
        try (FSDataInputStream in = system.open(path)) {
            in.seek(position);
            int count = in.read(rest);
            in.readFully(0, new byte[1]);
            String after = in.getPos() + " " + in.read();
            return new String(Arrays.copyOf(rest, Math.max(count, 0)), StandardCharsets.UTF_8) + " " + after;
        }
    }

    private static String write(FSDataOutputStream out, String text) throws Exception {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.close();
        return "" + out.getPos();
    }
}
