package stator.clients;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;
import software.amazon.awssdk.enhanced.dynamodb.Key;
import software.amazon.awssdk.enhanced.dynamodb.TableSchema;

/** What each test of beans starts from: an empty table of films, made from the bean's schema. */
abstract class FilmTable {
  protected DynamoDbTable<Film> films;

  @BeforeEach
  void createTable() {
    films = Server.ENHANCED.table(Server.uniqueName(), TableSchema.fromBean(Film.class));
    films.createTable();
    Server.CLIENT.waiter().waitUntilTableExists(asked -> asked.tableName(films.tableName()));
  }

  @AfterEach
  void deleteTable() {
    films.deleteTable();
  }

  static Key key(String studio, int number) {
    return Key.builder().partitionValue(studio).sortValue(number).build();
  }

  /** Puts the films 0…count-1 of a studio, each with ten times as many votes. */
  protected void fill(String studio, int count) {
    IntStream.range(0, count).forEach(number -> films.putItem(voted(studio, number)));
  }

  static Film voted(String studio, int number) {
    Film film = new Film(studio, number);
    film.setGenre(number % 2 == 0 ? "even" : "odd");
    film.setVotes(number * 10);
    return film;
  }

  static List<Integer> numbers(List<Film> found) {
    return found.stream().map(Film::getNumber).toList();
  }
}
