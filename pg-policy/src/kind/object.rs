//! Kinds of database objects, as DDL names them.
//!
//! Separate because `CREATE`, `ALTER` and `DROP` share it.
//! Invariant: the access that DDL on an object needs is decided here, once.

use pg_query::protobuf::ObjectType;

use crate::access::Access;

macro_rules! objects {
    ($($name:ident = $words:literal, $access:ident;)*) => {
        /// A kind of object that `CREATE`, `ALTER` and `DROP` work on; the words are PostgreSQL's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "the variants are the words of the SQL commands")]
        pub enum Object {
            $($name,)*
        }

        impl Object {
            /// Every kind of object.
            pub const ALL: &'static [Object] = &[$(Object::$name,)*];

            /// The SQL words.
            pub fn words(self) -> &'static str {
                match self {
                    $(Object::$name => $words,)*
                }
            }

            /// The access that creating, altering or dropping one needs.
            pub(crate) fn access(self) -> Access {
                match self {
                    $(Object::$name => Access::$access,)*
                }
            }
        }
    };
}

// Schema: what holds rows or describes them. Admin: code, privileges, what reaches other hosts or the
// server's files, and what everybody shares.
objects! {
    Table = "TABLE", Schema;
    TableAs = "TABLE AS", Schema;
    Index = "INDEX", Schema;
    View = "VIEW", Schema;
    MaterializedView = "MATERIALIZED VIEW", Schema;
    Sequence = "SEQUENCE", Schema;
    Schema = "SCHEMA", Schema;
    Type = "TYPE", Schema;
    Domain = "DOMAIN", Schema;
    Statistics = "STATISTICS", Schema;
    AccessMethod = "ACCESS METHOD", Admin;
    Aggregate = "AGGREGATE", Admin;
    Cast = "CAST", Admin;
    Collation = "COLLATION", Admin;
    Conversion = "CONVERSION", Admin;
    Database = "DATABASE", Admin;
    DefaultPrivileges = "DEFAULT PRIVILEGES", Admin;
    EventTrigger = "EVENT TRIGGER", Admin;
    Extension = "EXTENSION", Admin;
    ForeignDataWrapper = "FOREIGN DATA WRAPPER", Admin;
    ForeignTable = "FOREIGN TABLE", Admin;
    Function = "FUNCTION", Admin;
    Language = "LANGUAGE", Admin;
    LargeObject = "LARGE OBJECT", Admin;
    Operator = "OPERATOR", Admin;
    OperatorClass = "OPERATOR CLASS", Admin;
    OperatorFamily = "OPERATOR FAMILY", Admin;
    Owned = "OWNED", Admin;
    Parameter = "PARAMETER", Admin;
    Policy = "POLICY", Admin;
    Procedure = "PROCEDURE", Admin;
    Publication = "PUBLICATION", Admin;
    Role = "ROLE", Admin;
    Routine = "ROUTINE", Admin;
    Rule = "RULE", Admin;
    Server = "SERVER", Admin;
    Subscription = "SUBSCRIPTION", Admin;
    System = "SYSTEM", Admin;
    Tablespace = "TABLESPACE", Admin;
    TextSearchConfiguration = "TEXT SEARCH CONFIGURATION", Admin;
    TextSearchDictionary = "TEXT SEARCH DICTIONARY", Admin;
    TextSearchParser = "TEXT SEARCH PARSER", Admin;
    TextSearchTemplate = "TEXT SEARCH TEMPLATE", Admin;
    Transform = "TRANSFORM", Admin;
    Trigger = "TRIGGER", Admin;
    UserMapping = "USER MAPPING", Admin;
    Other = "OBJECT", Admin;
}

impl Object {
    /// The object of a statement whose tree names it by number; an unknown number is an unknown object.
    pub(crate) fn of(number: i32) -> Object {
        match ObjectType::try_from(number).unwrap_or(ObjectType::Undefined) {
            ObjectType::Undefined => Object::Other,
            ObjectType::ObjectAccessMethod => Object::AccessMethod,
            ObjectType::ObjectAggregate => Object::Aggregate,
            ObjectType::ObjectAmop | ObjectType::ObjectAmproc | ObjectType::ObjectOpfamily => {
                Object::OperatorFamily
            }
            ObjectType::ObjectAttribute | ObjectType::ObjectType => Object::Type,
            ObjectType::ObjectCast => Object::Cast,
            ObjectType::ObjectColumn
            | ObjectType::ObjectDefault
            | ObjectType::ObjectTabconstraint
            | ObjectType::ObjectTable => Object::Table,
            ObjectType::ObjectCollation => Object::Collation,
            ObjectType::ObjectConversion => Object::Conversion,
            ObjectType::ObjectDatabase => Object::Database,
            ObjectType::ObjectDefacl => Object::DefaultPrivileges,
            ObjectType::ObjectDomain | ObjectType::ObjectDomconstraint => Object::Domain,
            ObjectType::ObjectEventTrigger => Object::EventTrigger,
            ObjectType::ObjectExtension => Object::Extension,
            ObjectType::ObjectFdw => Object::ForeignDataWrapper,
            ObjectType::ObjectForeignServer => Object::Server,
            ObjectType::ObjectForeignTable => Object::ForeignTable,
            ObjectType::ObjectFunction => Object::Function,
            ObjectType::ObjectIndex => Object::Index,
            ObjectType::ObjectLanguage => Object::Language,
            ObjectType::ObjectLargeobject => Object::LargeObject,
            ObjectType::ObjectMatview => Object::MaterializedView,
            ObjectType::ObjectOpclass => Object::OperatorClass,
            ObjectType::ObjectOperator => Object::Operator,
            ObjectType::ObjectParameterAcl => Object::Parameter,
            ObjectType::ObjectPolicy => Object::Policy,
            ObjectType::ObjectProcedure => Object::Procedure,
            ObjectType::ObjectPublication
            | ObjectType::ObjectPublicationNamespace
            | ObjectType::ObjectPublicationRel => Object::Publication,
            ObjectType::ObjectRole => Object::Role,
            ObjectType::ObjectRoutine => Object::Routine,
            ObjectType::ObjectRule => Object::Rule,
            ObjectType::ObjectSchema => Object::Schema,
            ObjectType::ObjectSequence => Object::Sequence,
            ObjectType::ObjectSubscription => Object::Subscription,
            ObjectType::ObjectStatisticExt => Object::Statistics,
            ObjectType::ObjectTablespace => Object::Tablespace,
            ObjectType::ObjectTransform => Object::Transform,
            ObjectType::ObjectTrigger => Object::Trigger,
            ObjectType::ObjectTsconfiguration => Object::TextSearchConfiguration,
            ObjectType::ObjectTsdictionary => Object::TextSearchDictionary,
            ObjectType::ObjectTsparser => Object::TextSearchParser,
            ObjectType::ObjectTstemplate => Object::TextSearchTemplate,
            ObjectType::ObjectUserMapping => Object::UserMapping,
            ObjectType::ObjectView => Object::View,
        }
    }
}
