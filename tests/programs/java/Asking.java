import java.util.Arrays;

/** Tells what it was started with: {@code exit N}, {@code words WORD...}, {@code property NAME...}. */
public class Asking {

    public static void main(String[] arguments) {
        String[] words = Arrays.copyOfRange(arguments, 1, arguments.length);
        switch (arguments[0]) {
            case "exit":
                System.exit(Integer.parseInt(words[0]));
                break;
            case "words":
                Arrays.stream(words).forEach(word -> System.out.println(word.length() + " " + word.hashCode()));
                break;
            case "property":
                Arrays.stream(words).forEach(name -> System.out.println(System.getProperty(name)));
                break;
            default:
                throw new IllegalArgumentException(arguments[0]);
        }
    }
}
