package emrsim.hive;

/** How many lines at the beginning and at the end of each file are no rows. */
final class Trim {
    static final Trim NOTHING = new Trim(0, 0);

    final int header;
    final int footer;

    Trim(int header, int footer) {
        this.header = header;
        this.footer = footer;
    }

    boolean isNothing() {
        return header == 0 && footer == 0;
    }
}
