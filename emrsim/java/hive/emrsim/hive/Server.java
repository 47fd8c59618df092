package emrsim.hive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.TSetIpAddressProcessor;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.spark.sql.hive.thriftserver.HiveThriftServer2;
import org.apache.thrift.server.TServer;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/**
 * Spark's Thrift server, and a service of the metastore for the cluster's other programs.
 *
 * <p>Derby serves one process: while this one has the metastore, the others reach it here.
 */
public final class Server {
    private Server() {}

    /** Takes the file to tell the port of the metastore in, then the arguments of the Thrift server. */
    public static void main(String[] arguments) throws Exception {
        serveMetastore(Paths.get(arguments[0]));
        String[] rest = new String[arguments.length - 1];
        System.arraycopy(arguments, 1, rest, 0, rest.length);
        HiveThriftServer2.main(rest);
    }

    private static void serveMetastore(Path file) throws Exception {
        TServerSocket socket = new TServerSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ThriftHiveMetastore.Iface handler =
                HiveMetaStore.newRetryingHMSHandler("emrsim", new HiveConf(HiveMetaStore.class), true);
        TServer server = new TThreadPoolServer(
                new TThreadPoolServer.Args(socket).processor(new TSetIpAddressProcessor<>(handler)));
        Thread thread = new Thread(server::serve, "metastore");
        thread.setDaemon(true);
        thread.start();
        tell(file, socket.getServerSocket().getLocalPort());
    }

    private static void tell(Path file, int port) throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        Files.write(whole, String.valueOf(port).getBytes(StandardCharsets.US_ASCII));
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
