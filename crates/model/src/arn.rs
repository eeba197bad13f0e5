//! Where a table lives and how a request names it.

/// The account and region a request acts in. Tables of different scopes never meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// Twelve digits.
    pub account: String,
    /// For example `us-east-1`; taken from the request's signature.
    pub region: String,
}

impl Scope {
    /// `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME`.
    pub fn table_arn(&self, table: &str) -> String {
        format!("arn:aws:dynamodb:{}:{}:table/{table}", self.region, self.account)
    }
}

/// A table as a request names it: by plain name, or by ARN where the model takes either.
///
/// The text is kept because answers echo it (`ConsumedCapacity.TableName`, batch responses).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableRef {
    text: String,
}

impl TableRef {
    /// A reference by name or ARN, as the request wrote it.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The text as the request wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The table's name: the text itself, or the ARN's last part.
    pub fn name(&self) -> &str {
        self.arn().map_or(&self.text, |arn| arn.table)
    }

    /// The account and region an ARN names; `None` for a plain name.
    pub fn scope(&self) -> Option<Scope> {
        let (account, region) = self.account_and_region()?;
        Some(Scope { account: account.to_owned(), region: region.to_owned() })
    }

    /// The same, as they stand in the ARN.
    pub fn account_and_region(&self) -> Option<(&str, &str)> {
        self.arn().map(|arn| (arn.account, arn.region))
    }

    /// The text taken apart, when it is a table's ARN (of any partition of AWS).
    fn arn(&self) -> Option<TableArn<'_>> {
        let mut parts = self.text.strip_prefix("arn:")?.splitn(5, ':');
        let (_partition, service) = (parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let table = resource.strip_prefix("table/")?;
        let whole = service == "dynamodb" && !table.is_empty() && !table.contains(['/', ':']);
        whole.then_some(TableArn { region, account, table })
    }
}

struct TableArn<'a> {
    region: &'a str,
    account: &'a str,
    table: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_the_table_and_names_no_scope() {
        let table = TableRef::new("Films.2026");
        assert_eq!((table.name(), table.scope()), ("Films.2026", None));
    }

    #[test]
    fn an_arn_names_table_and_scope() {
        let scope = Scope { account: "123456789012".to_owned(), region: "eu-west-3".to_owned() };
        let table = TableRef::new(scope.table_arn("Films"));
        assert_eq!(table.as_str(), "arn:aws:dynamodb:eu-west-3:123456789012:table/Films");
        assert_eq!((table.name(), table.scope()), ("Films", Some(scope)));
        assert_eq!(TableRef::new("arn:aws-cn:dynamodb:cn-north-1:1:table/T").name(), "T");
    }

    #[test]
    fn what_is_no_tables_arn_stays_the_text_it_is() {
        for text in [
            "arn:aws:dynamodb:us-east-1:123456789012:table/",
            "arn:aws:dynamodb:us-east-1:123456789012:table/T/index/I",
            "arn:aws:dynamodb:us-east-1:123456789012:stream/T",
            "arn:aws:s3:us-east-1:123456789012:table/T",
            "arn:aws:dynamodb:us-east-1:table/T",
            "arn:",
            "",
        ] {
            let table = TableRef::new(text);
            assert_eq!((table.name(), table.scope()), (text, None));
        }
    }
}
