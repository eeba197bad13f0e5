//! Every refusal in DynamoDB's words. Evidence for the wording: what AWS answered in Alternator's
//! tests (test_*_expression.py, test_limits.py) and the reports named beside the code, 2026-11.

mod common;

use common::{condition, key_condition, message, n, projection, s, update, values};
use model::{ApiError, AttributeValue, Operand};
use stator_expr::{
    ConditionKind, GivenPlaceholders, Parameter, Resolver, check_placeholders_allowed,
};

/// One value of most types.
fn given() -> Vec<(&'static str, AttributeValue)> {
    vec![
        (":s", s("text")),
        (":t", s("other")),
        (":n", n("1")),
        (":two", n("2")),
        (":b", common::b(b"x")),
        (":l", common::l([n("1")])),
        (":m", common::m([("a", n("1"))])),
        (":ns", common::ns(["1"])),
        (":bool", AttributeValue::Bool(true)),
        (":null", AttributeValue::Null),
    ]
}

#[track_caller]
fn refused_condition(text: &str, expected: &str) {
    let found = message(condition(text, &given()));
    assert_eq!(found, format!("Invalid ConditionExpression: {expected}"), "{text}");
}

#[track_caller]
fn refused_update(text: &str, expected: &str) {
    let found = message(update(text, &given()));
    assert_eq!(found, format!("Invalid UpdateExpression: {expected}"), "{text}");
}

#[track_caller]
fn refused_projection(text: &str, expected: &str) {
    let found = message(projection(text));
    assert_eq!(found, format!("Invalid ProjectionExpression: {expected}"), "{text}");
}

#[test]
fn syntax_errors_show_the_token_and_its_neighbours() {
    let cases = [
        ("a-b", "-", "a-b"),
        ("a", "<EOF>", "a"),
        (":s", "<EOF>", ":s"),
        ("a  AND :s", "AND", "a  AND :s"),
        ("NOT a", "<EOF>", "a"),
        ("a = :s OR NOT :s", "<EOF>", ":s"),
        ("a != :s", "!", "a !="),
        ("a = ", "<EOF>", "="),
        ("= :s", "=", "= :s"),
        ("a IN ()", ")", "()"),
        ("a IN (:s", "<EOF>", ":s"),
        ("a IN :s", ":s", "IN :s"),
        ("f()", ")", "()"),
        ("a BETWEEN :n OR :two", "OR", ":n OR :two"),
        ("a = :s b = :s", "b", ":s b ="),
        ("(a = :s", "<EOF>", ":s"),
        ("a = :s)", ")", ":s)"),
        ("(a)", "<EOF>", ")"),
        ("((a) AND b = :s)", "AND", ") AND b"),
        ("_a = :s", "_", "_a"),
        ("a = :", ":", "= :"),
        ("# = :s", "#", "# ="),
        ("a.b. = :s", "=", ". = :s"),
        ("a[x] = :s", "x", "[x]"),
        ("a[01] = :s", "1", "01]"),
        ("a[-1] = :s", "-", "[-1"),
        ("a[:n] = :s", ":n", "[:n]"),
        ("a[] = :s", "]", "[] ="),
        ("a = \u{20ac}", "\u{20ac}", "= \u{20ac}"),
        ("a = 'x'", "'", "= 'x"),
        ("a = 5", "5", "= 5"),
        ("set = :s", "set", "set ="),
        ("a = :s AND", "<EOF>", "AND"),
        ("(((", "<EOF>", "("),
        ("a == :s", "=", "== :s"),
        ("a = :n + :two", "+", ":n + :two"),
    ];
    for (text, token, near) in cases {
        refused_condition(text, &format!("Syntax error; token: \"{token}\", near: \"{near}\""));
    }
}

#[test]
fn update_syntax_errors_show_the_token_and_its_neighbours() {
    let cases = [
        ("ADD hits : incr", ":", "hits : incr"),
        ("INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"),
        ("SET _123 = :n", "_", "SET _123"),
        ("SET a = :n, SET b = :n", "SET", ", SET b"),
        ("SET a = :n b = :n", "b", ":n b ="),
        ("SET a = VALUE 1", "1", "VALUE 1"),
        ("SET a = :n + :n + :n", "+", ":n + :n"),
        ("SET a = if_not_exists(a, :n+:n)", "+", ":n+:n"),
        ("SET :a = :n", ":a", "SET :a ="),
        ("SET a", "<EOF>", "a"),
        ("SET", "<EOF>", "SET"),
        ("REMOVE a b", "b", "a b"),
        ("ADD a b", "b", "a b"),
        ("DELETE a", "<EOF>", "a"),
        ("SET a[:n] = :n", ":n", "[:n]"),
        ("SET a = _f(b)", "_", "= _f"),
        ("SET (a) = :n", "(", "SET (a"),
        ("REMOVE a,", "<EOF>", ","),
    ];
    for (text, token, near) in cases {
        refused_update(text, &format!("Syntax error; token: \"{token}\", near: \"{near}\""));
    }
}

#[test]
fn projection_syntax_errors_show_the_token_and_its_neighbours() {
    for (text, token, near) in [
        ("a,", "<EOF>", ","),
        (",a", ",", ",a"),
        ("a,,b", ",", ",,b"),
        ("a b", "b", "a b"),
        ("a[-1]", "-", "[-1"),
        (":a", ":a", ":a"),
        ("(a)", "(", "(a"),
    ] {
        refused_projection(text, &format!("Syntax error; token: \"{token}\", near: \"{near}\""));
    }
}

#[test]
fn an_expression_is_neither_empty_nor_longer_than_4096_bytes() {
    for text in ["", "  "] {
        refused_condition(text, "The expression can not be empty;");
        refused_update(text, "The expression can not be empty;");
        refused_projection(text, "The expression can not be empty;");
    }
    assert!(projection(&"x".repeat(4096)).is_ok());
    refused_projection(
        &"x".repeat(4097),
        "Expression size has exceeded the maximum allowed size; expression size: 4097",
    );
    refused_condition(
        &"(".repeat(15_000),
        "Expression size has exceeded the maximum allowed size; expression size: 15000",
    );
}

#[test]
fn an_expression_has_at_most_300_operators() {
    let nested = |depth: usize| format!("a<b {}{}", "or (a<b ".repeat(depth), ")".repeat(depth));
    assert!(condition(&nested(149), &[]).is_ok());
    let too_many = "The expression contains too many operators; operator count: 301";
    refused_condition(&nested(150), too_many);
    refused_condition(&nested(454), too_many);
    refused_condition(&format!("{}a<b", "not ".repeat(1000)), too_many);
    assert!(condition(&format!("{}a<b", "not ".repeat(299)), &[]).is_ok());
    let sums: Vec<_> = (0..301).map(|at| format!("a{at}=b+b")).collect();
    refused_update(&format!("SET {}", sums.join(",")), too_many);
}

#[test]
fn parentheses_around_parentheses_are_redundant() {
    let redundant = "The expression has redundant parentheses;";
    for text in [
        "((a = :s))",
        "(((a = :s)) AND b = :s)",
        "a = :s AND ((b = :s))",
        "NOT ((a = :s))",
        "((a)) = :s",
        "a = ((:s))",
        "((attribute_exists(a)))",
        "attribute_exists(((a)))",
        "a IN (((:s)), :t)",
    ] {
        refused_condition(text, redundant);
    }
    let deep = format!("{}a<b{}", "(".repeat(2046), ")".repeat(2046));
    refused_condition(&deep, redundant);
    refused_update("SET a = ((:n))", redundant);
    refused_update("SET a = ((:n + b))", redundant);
    assert!(update("SET a = ((:n) + (b))", &given()).is_ok());
}

#[test]
fn depth_is_refused_and_never_followed() {
    let open = format!("Syntax error; token: \"<EOF>\", near: \"{}\"", "(");
    refused_condition(&"(".repeat(4096), &open);
    let unknown = format!("a < {}b{}", "f(".repeat(1355), ")".repeat(1355));
    refused_condition(&unknown, "Invalid function name; function: f");
    let sizes = |depth: usize| format!("a < {}b{}", "size(".repeat(depth), ")".repeat(depth));
    refused_condition(
        &sizes(200),
        "Incorrect operand type for operator or function; operator or function: size, \
         operand type: N",
    );
    refused_condition(
        &sizes(680),
        "The function is not allowed to be used this way in an expression; function: size",
    );
    let chain = format!("SET a = {}:n{}", "if_not_exists(b,".repeat(230), ")".repeat(230));
    assert!(update(&chain, &given()).is_ok());
}

#[test]
fn reserved_words_are_refused_in_any_case_and_place() {
    let reserved = |word| format!("Attribute name is a reserved keyword; reserved keyword: {word}");
    refused_condition("name = :s", &reserved("name"));
    refused_condition("a.Size = :s", &reserved("Size"));
    refused_condition("a = :s AND begins_with(b, STATUS)", &reserved("STATUS"));
    refused_condition("abort = :undefined", &reserved("abort"));
    refused_update("SET zone = :n", &reserved("zone"));
    refused_update("SET a = comment", &reserved("comment"));
    refused_update("REMOVE a.data[1]", &reserved("data"));
    refused_projection("a, year", &reserved("year"));
}

#[test]
fn list_indexes_and_path_depth_have_limits() {
    refused_projection(
        "a[99999999999999]",
        "List index is not within the allowable range; index: [99999999999999]",
    );
    refused_condition(
        "a[2147483648] = :s",
        "List index is not within the allowable range; index: [2147483648]",
    );
    assert!(projection("a[2147483647]").is_ok());
    assert!(projection(&format!("a{}", ".b".repeat(31))).is_ok());
    refused_projection(
        &format!("a{}", ".b".repeat(32)),
        "The document path has too many nesting levels; nesting levels: 33",
    );
}

#[test]
fn undefined_placeholders_are_named() {
    refused_condition(
        "a = :x",
        "An expression attribute value used in expression is not defined; attribute value: :x",
    );
    refused_condition(
        "#x = :s",
        "An expression attribute name used in the document path is not defined; \
         attribute name: #x",
    );
    refused_update(
        "SET a = :x, #y = :n",
        "An expression attribute name used in the document path is not defined; \
         attribute name: #y",
    );
    refused_update(
        "SET b = if_not_exists(:x, :n)",
        "An expression attribute value used in expression is not defined; attribute value: :x",
    );
}

#[test]
fn functions_are_known_by_exact_name_and_stand_in_their_place() {
    let unknown = |name| format!("Invalid function name; function: {name}");
    let misplaced = |name| {
        format!(
            "The function is not allowed to be used this way in an expression; function: {name}"
        )
    };
    refused_condition("dog(a, :s)", &unknown("dog"));
    refused_condition("BEGINS_WITH(a, :s)", &unknown("BEGINS_WITH"));
    refused_condition("a = :x AND dog(name) = :s", &unknown("dog"));
    refused_condition("size(a)", &misplaced("size"));
    refused_condition("size(a) AND a = :s", &misplaced("size"));
    refused_condition("attribute_exists(a) < :n", &misplaced("attribute_exists"));
    refused_condition("a = contains(a, b)", &misplaced("contains"));
    refused_condition("attribute_exists(contains(a, b))", &misplaced("contains"));
    for name in ["if_not_exists", "list_append"] {
        refused_condition(
            &format!("{name}(a, b) = :s"),
            &format!("The function is not allowed in a condition expression; function: {name}"),
        );
    }
    refused_update("SET a = f123_hi(b, c, d)", &unknown("f123_hi"));
    refused_update("SET a = LIST_APPEND(:l, :l)", &unknown("LIST_APPEND"));
    refused_update(
        "SET a = size(b)",
        "The function is not allowed in an update expression; function: size",
    );
    refused_update("SET a = list_append(list_append(:l, :l), :l)", &misplaced("list_append"));
    refused_update("SET a = if_not_exists(b, list_append(:l, :l))", &misplaced("list_append"));
}

#[test]
fn functions_count_their_operands() {
    let count = |name, count| {
        format!(
            "Incorrect number of operands for operator or function; \
             operator or function: {name}, number of operands: {count}"
        )
    };
    refused_condition("begins_with(a)", &count("begins_with", 1));
    refused_condition("attribute_exists(a, b)", &count("attribute_exists", 2));
    refused_condition("contains(a, b, c)", &count("contains", 3));
    refused_condition("size(a, a) = :n", &count("size", 2));
    refused_condition("contains(a, size(a, b))", &count("size", 2));
    refused_condition("attribute_type(a)", &count("attribute_type", 1));
    refused_update("SET a = list_append(:l)", &count("list_append", 1));
    refused_update("SET a = if_not_exists(a, :n, :n)", &count("if_not_exists", 3));
}

#[test]
fn operand_types_known_from_the_request_are_checked() {
    let wrong = |operator, type_name| {
        format!(
            "Incorrect operand type for operator or function; \
             operator or function: {operator}, operand type: {type_name}"
        )
    };
    refused_condition("a < :l", &wrong("<", "L"));
    refused_condition(":m >= a", &wrong(">=", "M"));
    refused_condition("a <= :bool", &wrong("<=", "BOOL"));
    refused_condition("a > :null", &wrong(">", "NULL"));
    refused_condition("a BETWEEN :l AND :l", &wrong("BETWEEN", "L"));
    refused_condition("begins_with(a, :n)", &wrong("begins_with", "N"));
    refused_condition("begins_with(:ns, a)", &wrong("begins_with", "NS"));
    refused_condition("begins_with(a, size(b))", &wrong("begins_with", "N"));
    refused_condition("size(:n) = :n", &wrong("size", "N"));
    refused_condition("size(size(a)) = :n", &wrong("size", "N"));
    refused_condition("attribute_type(a, :n)", &wrong("attribute_type", "N"));
    refused_condition(
        "attribute_type(a, b)",
        &wrong("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"),
    );
    refused_condition(
        "attribute_type(a, :s)",
        "Invalid attribute type name found; type: text, \
         valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
    );
    refused_update("SET a = :s + :n", &wrong("+", "S"));
    refused_update("SET a = b - :l", &wrong("-", "L"));
    refused_update("SET a = list_append(a, :s)", &wrong("list_append", "S"));
    for (text, section, word) in [
        ("ADD a :s", "ADD", "STRING"),
        ("ADD a :l", "ADD", "LIST"),
        ("ADD a :m", "ADD", "MAP"),
        ("ADD a :b", "ADD", "BINARY"),
        ("ADD a :bool", "ADD", "BOOLEAN"),
        ("ADD a :null", "ADD", "NULL"),
        ("DELETE a :n", "DELETE", "NUMBER"),
        ("DELETE a :s", "DELETE", "STRING"),
    ] {
        refused_update(
            text,
            &format!(
                "Incorrect operand type for operator or function; operator: {section}, \
                 operand type: {word}, typeSet: ALLOWED_FOR_{section}_OPERAND"
            ),
        );
    }
}

#[test]
fn some_functions_need_a_path() {
    let needs_path = |name| {
        format!("Operator or function requires a document path; operator or function: {name}")
    };
    refused_condition("attribute_exists(:s)", &needs_path("attribute_exists"));
    refused_condition("attribute_not_exists(size(a))", &needs_path("attribute_not_exists"));
    refused_update("SET a = if_not_exists(:n, :n)", &needs_path("if_not_exists"));
    refused_update("SET a = if_not_exists(if_not_exists(a, :n), :n)", &needs_path("if_not_exists"));
}

#[test]
fn nothing_is_compared_with_itself() {
    let same = |operator, path| {
        format!(
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: {operator}, first operand: {path}"
        )
    };
    refused_condition("contains(a, a)", &same("contains", "[a]"));
    refused_condition("a.b[1] = a.b[1]", &same("=", "[a, b, [1]]"));
    refused_condition("a IN (:s, a)", &same("IN", "[a]"));
    refused_condition("a BETWEEN b AND a", &same("BETWEEN", "[a]"));
    refused_update("SET b = if_not_exists(a, a)", &same("if_not_exists", "[a]"));
    assert!(update("SET a = b + b, c = list_append(d, d)", &[]).is_ok());
}

#[test]
fn between_wants_bounds_of_one_type_in_order() {
    refused_condition(
        "a BETWEEN :two AND :n",
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; \
         lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
    );
    refused_condition(
        "a BETWEEN :n AND :s",
        "The BETWEEN operator requires same data type for lower and upper bounds; \
         lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:text}",
    );
}

#[test]
fn in_takes_up_to_100_operands() {
    let list = |count| format!("a IN ({})", vec![":n"; count].join(","));
    assert!(condition(&list(100), &given()).is_ok());
    refused_condition(
        &list(101),
        "The IN operator is provided with too many operands; number of operands: 101",
    );
}

#[test]
fn a_section_stands_once() {
    for (text, section) in [
        ("SET a = :n SET b = :n", "SET"),
        ("SET a = :n REMOVE b SET c = :n", "SET"),
        ("remove a remove b", "REMOVE"),
        ("ADD a :n ADD b :n", "ADD"),
        ("DELETE a :ns SET c = :n DELETE b :ns", "DELETE"),
    ] {
        refused_update(
            text,
            &format!("The \"{section}\" section can only be used once in an update expression;"),
        );
    }
}

#[test]
fn paths_neither_overlap_nor_conflict() {
    let clash = |how, one, two| {
        format!(
            "Two document paths {how} with each other; must remove or rewrite one of these paths; \
             path one: {one}, path two: {two}"
        )
    };
    for (one, two, shown_one, shown_two) in [
        ("a", "a", "[a]", "[a]"),
        ("a", "a.b", "[a]", "[a, b]"),
        ("a.b.c.d", "a.b", "[a, b, c, d]", "[a, b]"),
        ("a[1]", "a", "[a, [1]]", "[a]"),
        ("a[1][1]", "a[1][1][2]", "[a, [1], [1]]", "[a, [1], [1], [2]]"),
    ] {
        let expected = clash("overlap", shown_one, shown_two);
        refused_projection(&format!("x, {one}, y, {two}"), &expected);
        refused_update(&format!("SET {one} = :n, {two} = :n"), &expected);
        refused_update(&format!("REMOVE {one} SET {two} = :n"), &expected);
    }
    refused_projection("a.b, a[1]", &clash("conflict", "[a, b]", "[a, [1]]"));
    refused_projection("a.b[1], a.b.c", &clash("conflict", "[a, b, [1]]", "[a, b, c]"));
    refused_update("SET a.b = :n, a[1] = :n", &clash("conflict", "[a, b]", "[a, [1]]"));
    assert!(projection("a.b, a.c[1], a.d, b[1], b[2], c").is_ok());
    let mut names =
        Resolver::new(common::names(&[("#x", "a"), ("#y", "a")]), values(&[(":v", n("1"))]))
            .unwrap();
    assert_eq!(
        message(names.update("SET #x = :v, #y = :v")),
        format!("Invalid UpdateExpression: {}", clash("overlap", "[a]", "[a]"))
    );
}

#[test]
fn checks_come_in_order() {
    // Function names, places, reserved words; then test by test.
    refused_condition("size(a) AND name = :x AND f(a)", "Invalid function name; function: f");
    refused_condition(
        "name = :x AND size(a)",
        "The function is not allowed to be used this way in an expression; function: size",
    );
    refused_condition(
        "a < :l AND b = :undefined",
        "Incorrect operand type for operator or function; operator or function: <, \
         operand type: L",
    );
    // Reserved words, functions, sections, names, values, paths, operands.
    refused_update(
        "SET a = f(b) SET name = :n",
        "Attribute name is a reserved keyword; reserved keyword: name",
    );
    refused_update("SET a = f(b) SET b = :n", "Invalid function name; function: f");
    refused_update(
        "SET a = :x SET #b = :n",
        "The \"SET\" section can only be used once in an update expression;",
    );
    refused_update(
        "ADD a :x, a :s",
        "An expression attribute value used in expression is not defined; attribute value: :x",
    );
    refused_update(
        "SET b = :s + :n ADD a :s",
        "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, \
         typeSet: ALLOWED_FOR_ADD_OPERAND",
    );
}

#[test]
fn the_parameter_is_named() {
    let mut resolver = Resolver::new(None, None).unwrap();
    assert_eq!(
        message(resolver.condition(ConditionKind::Filter, "")),
        "Invalid FilterExpression: The expression can not be empty;"
    );
    assert_eq!(
        message(resolver.key_condition("a = :p")),
        "Invalid KeyConditionExpression: An expression attribute value used in expression is not \
         defined; attribute value: :p"
    );
}

#[test]
fn key_conditions_are_conjunctions_of_tests_on_attributes() {
    for (text, expected) in [
        ("a = :s OR b = :s", "Invalid operator used in KeyConditionExpression: OR"),
        ("NOT a = :s", "Invalid operator used in KeyConditionExpression: NOT"),
        ("a <> :s", "Invalid operator used in KeyConditionExpression: <>"),
        ("a = :s AND b IN (:n)", "Invalid operator used in KeyConditionExpression: IN"),
        (
            "a = :s AND attribute_exists(b)",
            "Invalid operator used in KeyConditionExpression: attribute_exists",
        ),
        ("contains(a, :s)", "Invalid operator used in KeyConditionExpression: contains"),
        ("a = :s AND a = :t", "KeyConditionExpressions must only contain one condition per key"),
        ("a.b = :s", "KeyConditionExpressions cannot have conditions on nested attributes"),
        (
            "a = b",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one \
             condition",
        ),
        (":s = :t", "Invalid condition in KeyConditionExpression: No key attribute specified"),
        ("size(a) = :n", "KeyConditionExpressions cannot contain nested operations"),
        ("a = size(:s)", "KeyConditionExpressions cannot contain nested operations"),
        (
            ":s BETWEEN a AND :t",
            "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key \
             attribute as its first operand",
        ),
        (
            "begins_with(:s, a)",
            "Invalid condition in KeyConditionExpression: begins_with operator must have the key \
             attribute as its first operand",
        ),
        (
            "a = :s AND begins_with(b, :n)",
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; \
             operator or function: begins_with, operand type: N",
        ),
        (
            "a = :s AND dog(b, :n)",
            "Invalid KeyConditionExpression: Invalid function name; function: dog",
        ),
    ] {
        assert_eq!(message(key_condition(text, &given())), expected, "{text}");
    }
}

#[test]
fn placeholder_keys_are_checked_names_first() {
    let new = |names: &[(&str, &str)], given: &[(&str, AttributeValue)]| {
        message(Resolver::new(common::names(names), values(given)))
    };
    for key in ["a", "#", "#a-b", "#!a", ":a", "##a", "#a b"] {
        assert_eq!(
            new(&[(key, "x")], &[("bad", n("1"))]),
            format!("ExpressionAttributeNames contains invalid key: Syntax error; key: \"{key}\"")
        );
    }
    for key in ["v", ":", ":hi!there", "#v"] {
        assert_eq!(
            new(&[("#a", "x")], &[(key, n("1"))]),
            format!("ExpressionAttributeValues contains invalid key: Syntax error; key: \"{key}\"")
        );
    }
    assert_eq!(
        new(&[("#a", "")], &[]),
        "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"
    );
    assert_eq!(
        message(Resolver::new(Some([].into()), None)),
        "ExpressionAttributeNames must not be empty"
    );
    assert_eq!(
        message(Resolver::new(None, Some([].into()))),
        "ExpressionAttributeValues must not be empty"
    );
    for good in ["#Alpha_Numeric_123", "#123a", "#123", "#_"] {
        assert!(Resolver::new(common::names(&[(good, "3 any!.#=")]), None).is_ok(), "{good}");
    }
}

#[test]
fn placeholders_hold_two_megabytes() {
    let name = "n".repeat(65_000);
    let names = |count: usize| (0..count).map(|at| (format!("#{at}"), name.clone())).collect();
    let value = Operand::new(&s(&"v".repeat(400_000)));
    let values = |count: usize| (0..count).map(|at| (format!(":{at}"), value.clone())).collect();
    let new = |names, values| message(Resolver::new(names, values));
    assert_eq!(new(Some(names(33)), None), "ExpressionAttributeNames exceeds max size");
    assert_eq!(new(None, Some(values(6))), "ExpressionAttributeValues exceeds max size");
    assert_eq!(
        new(Some(names(10)), Some(values(5))),
        "Combined size of ExpressionAttributeNames and ExpressionAttributeValues exceeds max size"
    );
    assert!(Resolver::new(Some(names(1)), Some(values(5))).is_ok());
}

#[test]
fn unused_placeholders_are_named_over_all_expressions() {
    let resolver = || {
        Resolver::new(
            common::names(&[("#a", "x"), ("#b", "y")]),
            values(&[(":v", n("1")), (":w", n("2")), (":x", n("3"))]),
        )
        .unwrap()
    };
    let mut some = resolver();
    some.update("SET #a = :v").unwrap();
    assert_eq!(
        message(some.finish()),
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"
    );
    let mut more = resolver();
    more.update("SET #a = :v").unwrap();
    more.condition(ConditionKind::Condition, "attribute_exists(q) OR q.#b <> q").unwrap();
    assert_eq!(
        message(more.finish()),
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w, :x}"
    );
    let mut all = resolver();
    all.key_condition("#a = :v AND z BETWEEN :w AND :x").unwrap();
    all.projection("#b").unwrap();
    assert_eq!(all.finish(), Ok(()));
}

#[test]
fn placeholders_need_expressions_that_take_them() {
    let refusal =
        |names, values, expressions: &[(Parameter, bool)]| match check_placeholders_allowed(
            GivenPlaceholders { names, values },
            expressions,
        ) {
            Err(ApiError::Validation(message)) => Some(message),
            Err(other) => panic!("{other:?}"),
            Ok(()) => None,
        };
    let put = |given| [(Parameter::Condition, given)];
    let update = [(Parameter::Update, false), (Parameter::Condition, false)];
    let query = |projected| {
        [
            (Parameter::Filter, false),
            (Parameter::KeyCondition, false),
            (Parameter::Projection, projected),
        ]
    };
    let names = "ExpressionAttributeNames can only be specified when using expressions";
    let values = |which| {
        Some(format!(
            "ExpressionAttributeValues can only be specified when using expressions: {which} null"
        ))
    };
    assert_eq!(refusal(true, true, &put(false)), Some(names.to_owned()));
    assert_eq!(refusal(false, true, &put(false)), values("ConditionExpression is"));
    assert_eq!(refusal(true, true, &put(true)), None);
    assert_eq!(
        refusal(false, true, &update),
        values("UpdateExpression and ConditionExpression are")
    );
    assert_eq!(
        refusal(true, true, &query(true)),
        values("FilterExpression and KeyConditionExpression are")
    );
    assert_eq!(refusal(true, false, &query(true)), None);
    assert_eq!(refusal(false, false, &query(false)), None);
}
