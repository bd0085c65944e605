//! The list of every message that the parser can put into a tree, with every one of its fields.
//!
//! It is one table so that it can be held against the parser's definitions at a glance. It cannot fall
//! behind them: the macro takes each message apart without `..` and matches on the parser's node kinds
//! without `_`, so a field or a node kind of a newer parser is a compile error here.
//! Invariant: `with_clause` comes first where there is one, so that names are bound before they are used.

use pg_query::NodeEnum;
use pg_query::protobuf;

use super::edit::{Edit, Editor};
use super::walk::{Visitor, Walk};

macro_rules! messages {
    (
        statements { $($statement:ident as $statement_node:ident { $($statement_field:ident),* })* }
        parts { $($part:ident as $part_node:ident { $($part_field:ident),* })* }
        planned { $($planned:ident as $planned_node:ident { $($planned_field:ident),* })* }
    ) => {
        /// A message of the parser's tree, borrowed.
        #[derive(Clone, Copy)]
        #[expect(dead_code, reason = "the list is the parser's, whether or not a rule looks into the part")]
        pub(crate) enum Message<'a> {
            /// A statement, at the top or inside another one.
            Statement(Statement<'a>),
            /// A part that the parser does not make; only later stages of the server do.
            Planned(&'static str),
            $($part(&'a protobuf::$part),)*
        }

        /// A statement, borrowed.
        #[derive(Clone, Copy)]
        #[expect(dead_code, reason = "some statements are judged by what they are alone")]
        #[expect(clippy::enum_variant_names, reason = "the names are the parser's")]
        pub(crate) enum Statement<'a> {
            $($statement(&'a protobuf::$statement),)*
        }

        impl<'a> Statement<'a> {
            /// The statement in a node, if it holds one.
            pub(crate) fn of(node: &'a NodeEnum) -> Option<Statement<'a>> {
                match node {
                    $(NodeEnum::$statement_node(message) => Some(Statement::$statement(message)),)*
                    _ => None,
                }
            }
        }

        impl Walk for NodeEnum {
            fn walk(&self, visitor: &mut dyn Visitor) {
                match self {
                    $(NodeEnum::$statement_node(message) => message.walk(visitor),)*
                    $(NodeEnum::$part_node(message) => message.walk(visitor),)*
                    $(NodeEnum::$planned_node(message) => message.walk(visitor),)*
                }
            }
        }

        impl Edit for NodeEnum {
            fn edit(&mut self, field: &'static str, editor: &mut dyn Editor) {
                match self {
                    $(NodeEnum::$statement_node(message) => message.edit(field, editor),)*
                    $(NodeEnum::$part_node(message) => message.edit(field, editor),)*
                    $(NodeEnum::$planned_node(message) => message.edit(field, editor),)*
                }
            }
        }

        $(walk!($statement { $($statement_field),* } message => Message::Statement(Statement::$statement(message)));)*
        $(walk!($part { $($part_field),* } message => Message::$part(message));)*
        $(walk!($planned { $($planned_field),* } message => Message::Planned(stringify!($planned)));)*
    };
}

macro_rules! walk {
    ($message:ident { $($field:ident),* } $itself:ident => $shown:expr) => {
        impl Walk for protobuf::$message {
            fn walk(&self, visitor: &mut dyn Visitor) {
                let $itself = self;
                let protobuf::$message { $($field),* } = $itself;
                visitor.enter($shown);
                $($field.walk(visitor);)*
                visitor.leave($shown);
            }
        }

        impl Edit for protobuf::$message {
            fn edit(&mut self, _: &'static str, editor: &mut dyn Editor) {
                // Some messages have no fields.
                let _ = &editor;
                let protobuf::$message { $($field),* } = self;
                $($field.edit(stringify!($field), editor);)*
            }
        }
    };
}

#[rustfmt::skip]
messages! {
    statements {
        InsertStmt as InsertStmt { with_clause, relation, cols, select_stmt, on_conflict_clause, returning_clause, r#override }
        DeleteStmt as DeleteStmt { with_clause, relation, using_clause, where_clause, returning_clause }
        UpdateStmt as UpdateStmt { with_clause, relation, target_list, where_clause, from_clause, returning_clause }
        MergeStmt as MergeStmt { with_clause, relation, source_relation, join_condition, merge_when_clauses, returning_clause }
        SelectStmt as SelectStmt { with_clause, distinct_clause, into_clause, target_list, from_clause, where_clause, group_clause, group_distinct, having_clause, window_clause, values_lists, sort_clause, limit_offset, limit_count, limit_option, locking_clause, op, all, larg, rarg }
        ReturnStmt as ReturnStmt { returnval }
        PlAssignStmt as PlassignStmt { name, indirection, nnames, val, location }
        CreateSchemaStmt as CreateSchemaStmt { schemaname, authrole, schema_elts, if_not_exists }
        AlterTableStmt as AlterTableStmt { relation, cmds, objtype, missing_ok }
        AlterCollationStmt as AlterCollationStmt { collname }
        AlterDomainStmt as AlterDomainStmt { subtype, type_name, name, def, behavior, missing_ok }
        GrantStmt as GrantStmt { is_grant, targtype, objtype, objects, privileges, grantees, grant_option, grantor, behavior }
        GrantRoleStmt as GrantRoleStmt { granted_roles, grantee_roles, is_grant, opt, grantor, behavior }
        AlterDefaultPrivilegesStmt as AlterDefaultPrivilegesStmt { options, action }
        CopyStmt as CopyStmt { relation, query, attlist, is_from, is_program, filename, options, where_clause }
        VariableSetStmt as VariableSetStmt { kind, name, args, jumble_args, is_local, location }
        VariableShowStmt as VariableShowStmt { name }
        CreateStmt as CreateStmt { relation, table_elts, inh_relations, partbound, partspec, of_typename, constraints, nnconstraints, options, oncommit, tablespacename, access_method, if_not_exists }
        CreateTableSpaceStmt as CreateTableSpaceStmt { tablespacename, owner, location, options }
        DropTableSpaceStmt as DropTableSpaceStmt { tablespacename, missing_ok }
        AlterTableSpaceOptionsStmt as AlterTableSpaceOptionsStmt { tablespacename, options, is_reset }
        AlterTableMoveAllStmt as AlterTableMoveAllStmt { orig_tablespacename, objtype, roles, new_tablespacename, nowait }
        CreateExtensionStmt as CreateExtensionStmt { extname, if_not_exists, options }
        AlterExtensionStmt as AlterExtensionStmt { extname, options }
        AlterExtensionContentsStmt as AlterExtensionContentsStmt { extname, action, objtype, object }
        CreateFdwStmt as CreateFdwStmt { fdwname, func_options, options }
        AlterFdwStmt as AlterFdwStmt { fdwname, func_options, options }
        CreateForeignServerStmt as CreateForeignServerStmt { servername, servertype, version, fdwname, if_not_exists, options }
        AlterForeignServerStmt as AlterForeignServerStmt { servername, version, options, has_version }
        CreateForeignTableStmt as CreateForeignTableStmt { base_stmt, servername, options }
        CreateUserMappingStmt as CreateUserMappingStmt { user, servername, if_not_exists, options }
        AlterUserMappingStmt as AlterUserMappingStmt { user, servername, options }
        DropUserMappingStmt as DropUserMappingStmt { user, servername, missing_ok }
        ImportForeignSchemaStmt as ImportForeignSchemaStmt { server_name, remote_schema, local_schema, list_type, table_list, options }
        CreatePolicyStmt as CreatePolicyStmt { policy_name, table, cmd_name, permissive, roles, qual, with_check }
        AlterPolicyStmt as AlterPolicyStmt { policy_name, table, roles, qual, with_check }
        CreateAmStmt as CreateAmStmt { amname, handler_name, amtype }
        CreateTrigStmt as CreateTrigStmt { replace, isconstraint, trigname, relation, funcname, args, row, timing, events, columns, when_clause, transition_rels, deferrable, initdeferred, constrrel }
        CreateEventTrigStmt as CreateEventTrigStmt { trigname, eventname, whenclause, funcname }
        AlterEventTrigStmt as AlterEventTrigStmt { trigname, tgenabled }
        CreatePLangStmt as CreatePlangStmt { replace, plname, plhandler, plinline, plvalidator, pltrusted }
        CreateRoleStmt as CreateRoleStmt { stmt_type, role, options }
        AlterRoleStmt as AlterRoleStmt { role, options, action }
        AlterRoleSetStmt as AlterRoleSetStmt { role, database, setstmt }
        DropRoleStmt as DropRoleStmt { roles, missing_ok }
        CreateSeqStmt as CreateSeqStmt { sequence, options, owner_id, for_identity, if_not_exists }
        AlterSeqStmt as AlterSeqStmt { sequence, options, for_identity, missing_ok }
        DefineStmt as DefineStmt { kind, oldstyle, defnames, args, definition, if_not_exists, replace }
        CreateDomainStmt as CreateDomainStmt { domainname, type_name, coll_clause, constraints }
        CreateOpClassStmt as CreateOpClassStmt { opclassname, opfamilyname, amname, datatype, items, is_default }
        CreateOpFamilyStmt as CreateOpFamilyStmt { opfamilyname, amname }
        AlterOpFamilyStmt as AlterOpFamilyStmt { opfamilyname, amname, is_drop, items }
        DropStmt as DropStmt { objects, remove_type, behavior, missing_ok, concurrent }
        TruncateStmt as TruncateStmt { relations, restart_seqs, behavior }
        CommentStmt as CommentStmt { objtype, object, comment }
        SecLabelStmt as SecLabelStmt { objtype, object, provider, label }
        DeclareCursorStmt as DeclareCursorStmt { portalname, options, query }
        ClosePortalStmt as ClosePortalStmt { portalname }
        FetchStmt as FetchStmt { direction, how_many, portalname, ismove }
        IndexStmt as IndexStmt { idxname, relation, access_method, table_space, index_params, index_including_params, options, where_clause, exclude_op_names, idxcomment, index_oid, old_number, old_create_subid, old_first_relfilelocator_subid, unique, nulls_not_distinct, primary, isconstraint, iswithoutoverlaps, deferrable, initdeferred, transformed, concurrent, if_not_exists, reset_default_tblspc }
        CreateStatsStmt as CreateStatsStmt { defnames, stat_types, exprs, relations, stxcomment, transformed, if_not_exists }
        AlterStatsStmt as AlterStatsStmt { defnames, stxstattarget, missing_ok }
        CreateFunctionStmt as CreateFunctionStmt { is_procedure, replace, funcname, parameters, return_type, options, sql_body }
        AlterFunctionStmt as AlterFunctionStmt { objtype, func, actions }
        DoStmt as DoStmt { args }
        CallStmt as CallStmt { funccall, funcexpr, outargs }
        RenameStmt as RenameStmt { rename_type, relation_type, relation, object, subname, newname, behavior, missing_ok }
        AlterObjectDependsStmt as AlterObjectDependsStmt { object_type, relation, object, extname, remove }
        AlterObjectSchemaStmt as AlterObjectSchemaStmt { object_type, relation, object, newschema, missing_ok }
        AlterOwnerStmt as AlterOwnerStmt { object_type, relation, object, newowner }
        AlterOperatorStmt as AlterOperatorStmt { opername, options }
        AlterTypeStmt as AlterTypeStmt { type_name, options }
        RuleStmt as RuleStmt { relation, rulename, where_clause, event, instead, actions, replace }
        NotifyStmt as NotifyStmt { conditionname, payload, payload_location }
        ListenStmt as ListenStmt { conditionname }
        UnlistenStmt as UnlistenStmt { conditionname }
        TransactionStmt as TransactionStmt { kind, options, savepoint_name, gid, chain, location }
        CompositeTypeStmt as CompositeTypeStmt { typevar, coldeflist }
        CreateEnumStmt as CreateEnumStmt { type_name, vals }
        CreateRangeStmt as CreateRangeStmt { type_name, params }
        AlterEnumStmt as AlterEnumStmt { type_name, old_val, new_val, new_val_neighbor, new_val_is_after, skip_if_new_val_exists }
        ViewStmt as ViewStmt { view, aliases, query, replace, options, with_check_option }
        LoadStmt as LoadStmt { filename }
        CreatedbStmt as CreatedbStmt { dbname, options }
        AlterDatabaseStmt as AlterDatabaseStmt { dbname, options }
        AlterDatabaseRefreshCollStmt as AlterDatabaseRefreshCollStmt { dbname }
        AlterDatabaseSetStmt as AlterDatabaseSetStmt { dbname, setstmt }
        DropdbStmt as DropdbStmt { dbname, missing_ok, options }
        AlterSystemStmt as AlterSystemStmt { setstmt }
        ClusterStmt as ClusterStmt { relation, indexname, params }
        VacuumStmt as VacuumStmt { options, rels, is_vacuumcmd }
        ExplainStmt as ExplainStmt { query, options }
        CreateTableAsStmt as CreateTableAsStmt { query, into, objtype, is_select_into, if_not_exists }
        RefreshMatViewStmt as RefreshMatViewStmt { concurrent, skip_data, relation }
        CheckPointStmt as CheckPointStmt {}
        DiscardStmt as DiscardStmt { target }
        LockStmt as LockStmt { relations, mode, nowait }
        ConstraintsSetStmt as ConstraintsSetStmt { constraints, deferred }
        ReindexStmt as ReindexStmt { kind, relation, name, params }
        CreateConversionStmt as CreateConversionStmt { conversion_name, for_encoding_name, to_encoding_name, func_name, def }
        CreateCastStmt as CreateCastStmt { sourcetype, targettype, func, context, inout }
        CreateTransformStmt as CreateTransformStmt { replace, type_name, lang, fromsql, tosql }
        PrepareStmt as PrepareStmt { name, argtypes, query }
        ExecuteStmt as ExecuteStmt { name, params }
        DeallocateStmt as DeallocateStmt { name, isall, location }
        DropOwnedStmt as DropOwnedStmt { roles, behavior }
        ReassignOwnedStmt as ReassignOwnedStmt { roles, newrole }
        AlterTsDictionaryStmt as AlterTsdictionaryStmt { dictname, options }
        AlterTsConfigurationStmt as AlterTsconfigurationStmt { kind, cfgname, tokentype, dicts, r#override, replace, missing_ok }
        CreatePublicationStmt as CreatePublicationStmt { pubname, options, pubobjects, for_all_tables }
        AlterPublicationStmt as AlterPublicationStmt { pubname, options, pubobjects, for_all_tables, action }
        CreateSubscriptionStmt as CreateSubscriptionStmt { subname, conninfo, publication, options, conninfo_location }
        AlterSubscriptionStmt as AlterSubscriptionStmt { kind, subname, conninfo, publication, options, conninfo_location }
        DropSubscriptionStmt as DropSubscriptionStmt { subname, missing_ok, behavior }
    }
    parts {
        Alias as Alias { aliasname, colnames }
        RangeVar as RangeVar { catalogname, schemaname, relname, inh, relpersistence, alias, location }
        IntoClause as IntoClause { rel, col_names, access_method, options, on_commit, table_space_name, view_query, skip_data }
        GroupingFunc as GroupingFunc { xpr, args, refs, agglevelsup, location }
        MergeSupportFunc as MergeSupportFunc { xpr, msftype, msfcollid, location }
        NamedArgExpr as NamedArgExpr { xpr, arg, name, argnumber, location }
        BoolExpr as BoolExpr { xpr, boolop, args, location }
        SubLink as SubLink { xpr, sub_link_type, sub_link_id, testexpr, oper_name, subselect, location }
        CaseExpr as CaseExpr { xpr, casetype, casecollid, arg, args, defresult, location }
        CaseWhen as CaseWhen { xpr, expr, result, location }
        RowExpr as RowExpr { xpr, args, row_typeid, row_format, colnames, location }
        CoalesceExpr as CoalesceExpr { xpr, coalescetype, coalescecollid, args, location }
        MinMaxExpr as MinMaxExpr { xpr, minmaxtype, minmaxcollid, inputcollid, op, args, location }
        SqlValueFunction as SqlvalueFunction { xpr, op, r#type, typmod, location }
        XmlExpr as XmlExpr { xpr, op, name, named_args, arg_names, args, xmloption, indent, r#type, typmod, location }
        JsonFormat as JsonFormat { format_type, encoding, location }
        JsonReturning as JsonReturning { format, typid, typmod }
        JsonValueExpr as JsonValueExpr { raw_expr, formatted_expr, format }
        JsonIsPredicate as JsonIsPredicate { expr, format, item_type, unique_keys, location }
        JsonBehavior as JsonBehavior { btype, expr, coerce, location }
        NullTest as NullTest { xpr, arg, nulltesttype, argisrow, location }
        BooleanTest as BooleanTest { xpr, arg, booltesttype, location }
        SetToDefault as SetToDefault { xpr, type_id, type_mod, collation, location }
        CurrentOfExpr as CurrentOfExpr { xpr, cvarno, cursor_name, cursor_param }
        JoinExpr as JoinExpr { jointype, is_natural, larg, rarg, using_clause, join_using_alias, quals, alias, rtindex }
        TypeName as TypeName { names, type_oid, setof, pct_type, typmods, typemod, array_bounds, location }
        ColumnRef as ColumnRef { fields, location }
        ParamRef as ParamRef { number, location }
        AExpr as AExpr { kind, name, lexpr, rexpr, rexpr_list_start, rexpr_list_end, location }
        TypeCast as TypeCast { arg, type_name, location }
        CollateClause as CollateClause { arg, collname, location }
        RoleSpec as RoleSpec { roletype, rolename, location }
        FuncCall as FuncCall { funcname, args, agg_order, agg_filter, over, agg_within_group, agg_star, agg_distinct, func_variadic, funcformat, location }
        AStar as AStar {}
        AIndices as AIndices { is_slice, lidx, uidx }
        AIndirection as AIndirection { arg, indirection }
        AArrayExpr as AArrayExpr { elements, list_start, list_end, location }
        ResTarget as ResTarget { name, indirection, val, location }
        MultiAssignRef as MultiAssignRef { source, colno, ncolumns }
        SortBy as SortBy { node, sortby_dir, sortby_nulls, use_op, location }
        WindowDef as WindowDef { name, refname, partition_clause, order_clause, frame_options, start_offset, end_offset, location }
        RangeSubselect as RangeSubselect { lateral, subquery, alias }
        RangeFunction as RangeFunction { lateral, ordinality, is_rowsfrom, functions, alias, coldeflist }
        RangeTableFunc as RangeTableFunc { lateral, docexpr, rowexpr, namespaces, columns, alias, location }
        RangeTableFuncCol as RangeTableFuncCol { colname, type_name, for_ordinality, is_not_null, colexpr, coldefexpr, location }
        RangeTableSample as RangeTableSample { relation, method, args, repeatable, location }
        ColumnDef as ColumnDef { colname, type_name, compression, inhcount, is_local, is_not_null, is_from_type, storage, storage_name, raw_default, cooked_default, identity, identity_sequence, generated, coll_clause, coll_oid, constraints, fdwoptions, location }
        TableLikeClause as TableLikeClause { relation, options, relation_oid }
        IndexElem as IndexElem { name, expr, indexcolname, collation, opclass, opclassopts, ordering, nulls_ordering }
        DefElem as DefElem { defnamespace, defname, arg, defaction, location, arg_location }
        LockingClause as LockingClause { locked_rels, strength, wait_policy }
        XmlSerialize as XmlSerialize { xmloption, expr, type_name, indent, location }
        PartitionElem as PartitionElem { name, expr, collation, opclass, location }
        PartitionSpec as PartitionSpec { strategy, part_params, location }
        PartitionBoundSpec as PartitionBoundSpec { strategy, is_default, modulus, remainder, listdatums, lowerdatums, upperdatums, location }
        PartitionRangeDatum as PartitionRangeDatum { kind, value, location }
        PartitionCmd as PartitionCmd { name, bound, concurrent }
        GroupingSet as GroupingSet { kind, content, location }
        WithClause as WithClause { ctes, recursive, location }
        InferClause as InferClause { index_elems, where_clause, conname, location }
        OnConflictClause as OnConflictClause { action, infer, target_list, where_clause, location }
        CteSearchClause as CtesearchClause { search_col_list, search_breadth_first, search_seq_column, location }
        CteCycleClause as CtecycleClause { cycle_col_list, cycle_mark_column, cycle_mark_value, cycle_mark_default, cycle_path_column, location, cycle_mark_type, cycle_mark_typmod, cycle_mark_collation, cycle_mark_neop }
        CommonTableExpr as CommonTableExpr { ctename, aliascolnames, ctematerialized, ctequery, search_clause, cycle_clause, location, cterecursive, cterefcount, ctecolnames, ctecoltypes, ctecoltypmods, ctecolcollations }
        MergeWhenClause as MergeWhenClause { match_kind, command_type, r#override, condition, target_list, values }
        ReturningOption as ReturningOption { option, value, location }
        ReturningClause as ReturningClause { options, exprs }
        TriggerTransition as TriggerTransition { name, is_new, is_table }
        JsonOutput as JsonOutput { type_name, returning }
        JsonArgument as JsonArgument { val, name }
        JsonFuncExpr as JsonFuncExpr { op, column_name, context_item, pathspec, passing, output, on_empty, on_error, wrapper, quotes, location }
        JsonTablePathSpec as JsonTablePathSpec { string, name, name_location, location }
        JsonTable as JsonTable { context_item, pathspec, passing, columns, on_error, alias, lateral, location }
        JsonTableColumn as JsonTableColumn { coltype, name, type_name, pathspec, format, wrapper, quotes, columns, on_empty, on_error, location }
        JsonKeyValue as JsonKeyValue { key, value }
        JsonParseExpr as JsonParseExpr { expr, output, unique_keys, location }
        JsonScalarExpr as JsonScalarExpr { expr, output, location }
        JsonSerializeExpr as JsonSerializeExpr { expr, output, location }
        JsonObjectConstructor as JsonObjectConstructor { exprs, output, absent_on_null, unique, location }
        JsonArrayConstructor as JsonArrayConstructor { exprs, output, absent_on_null, location }
        JsonArrayQueryConstructor as JsonArrayQueryConstructor { query, output, format, absent_on_null, location }
        JsonAggConstructor as JsonAggConstructor { output, agg_filter, agg_order, over, location }
        JsonObjectAgg as JsonObjectAgg { constructor, arg, absent_on_null, unique }
        JsonArrayAgg as JsonArrayAgg { constructor, arg, absent_on_null }
        RawStmt as RawStmt { stmt, stmt_location, stmt_len }
        AlterTableCmd as AlterTableCmd { subtype, name, num, newowner, def, behavior, missing_ok, recurse }
        AtAlterConstraint as AtalterConstraint { conname, alter_enforceability, is_enforced, alter_deferrability, deferrable, initdeferred, alter_inheritability, noinherit }
        ReplicaIdentityStmt as ReplicaIdentityStmt { identity_type, name }
        ObjectWithArgs as ObjectWithArgs { objname, objargs, objfuncargs, args_unspecified }
        AccessPriv as AccessPriv { priv_name, cols }
        Constraint as Constraint { contype, conname, deferrable, initdeferred, is_enforced, skip_validation, initially_valid, is_no_inherit, raw_expr, cooked_expr, generated_when, generated_kind, nulls_not_distinct, keys, without_overlaps, including, exclusions, options, indexname, indexspace, reset_default_tblspc, access_method, where_clause, pktable, fk_attrs, pk_attrs, fk_with_period, pk_with_period, fk_matchtype, fk_upd_action, fk_del_action, fk_del_set_cols, old_conpfeqop, old_pktable_oid, location }
        CreateOpClassItem as CreateOpClassItem { itemtype, name, number, order_family, class_args, storedtype }
        StatsElem as StatsElem { name, expr }
        FunctionParameter as FunctionParameter { name, arg_type, mode, defexpr, location }
        VacuumRelation as VacuumRelation { relation, oid, va_cols }
        PublicationTable as PublicationTable { relation, where_clause, columns }
        PublicationObjSpec as PublicationObjSpec { pubobjtype, name, pubtable, location }
        Integer as Integer { ival }
        Float as Float { fval }
        Boolean as Boolean { boolval }
        String as String { sval }
        BitString as BitString { bsval }
        List as List { items }
        AConst as AConst { isnull, location, val }
    }
    planned {
        TableFunc as TableFunc { functype, ns_uris, ns_names, docexpr, rowexpr, colnames, coltypes, coltypmods, colcollations, colexprs, coldefexprs, colvalexprs, passingvalexprs, notnulls, plan, ordinalitycol, location }
        Var as Var { xpr, varno, varattno, vartype, vartypmod, varcollid, varnullingrels, varlevelsup, varreturningtype, location }
        Param as Param { xpr, paramkind, paramid, paramtype, paramtypmod, paramcollid, location }
        Aggref as Aggref { xpr, aggfnoid, aggtype, aggcollid, inputcollid, aggargtypes, aggdirectargs, args, aggorder, aggdistinct, aggfilter, aggstar, aggvariadic, aggkind, agglevelsup, aggsplit, aggno, aggtransno, location }
        WindowFunc as WindowFunc { xpr, winfnoid, wintype, wincollid, inputcollid, args, aggfilter, run_condition, winref, winstar, winagg, location }
        WindowFuncRunCondition as WindowFuncRunCondition { xpr, opno, inputcollid, wfunc_left, arg }
        SubscriptingRef as SubscriptingRef { xpr, refcontainertype, refelemtype, refrestype, reftypmod, refcollid, refupperindexpr, reflowerindexpr, refexpr, refassgnexpr }
        FuncExpr as FuncExpr { xpr, funcid, funcresulttype, funcretset, funcvariadic, funcformat, funccollid, inputcollid, args, location }
        OpExpr as OpExpr { xpr, opno, opresulttype, opretset, opcollid, inputcollid, args, location }
        DistinctExpr as DistinctExpr { xpr, opno, opresulttype, opretset, opcollid, inputcollid, args, location }
        NullIfExpr as NullIfExpr { xpr, opno, opresulttype, opretset, opcollid, inputcollid, args, location }
        ScalarArrayOpExpr as ScalarArrayOpExpr { xpr, opno, use_or, inputcollid, args, location }
        SubPlan as SubPlan { xpr, sub_link_type, testexpr, param_ids, plan_id, plan_name, first_col_type, first_col_typmod, first_col_collation, use_hash_table, unknown_eq_false, parallel_safe, set_param, par_param, args, startup_cost, per_call_cost }
        AlternativeSubPlan as AlternativeSubPlan { xpr, subplans }
        FieldSelect as FieldSelect { xpr, arg, fieldnum, resulttype, resulttypmod, resultcollid }
        FieldStore as FieldStore { xpr, arg, newvals, fieldnums, resulttype }
        RelabelType as RelabelType { xpr, arg, resulttype, resulttypmod, resultcollid, relabelformat, location }
        CoerceViaIo as CoerceViaIo { xpr, arg, resulttype, resultcollid, coerceformat, location }
        ArrayCoerceExpr as ArrayCoerceExpr { xpr, arg, elemexpr, resulttype, resulttypmod, resultcollid, coerceformat, location }
        ConvertRowtypeExpr as ConvertRowtypeExpr { xpr, arg, resulttype, convertformat, location }
        CollateExpr as CollateExpr { xpr, arg, coll_oid, location }
        CaseTestExpr as CaseTestExpr { xpr, type_id, type_mod, collation }
        ArrayExpr as ArrayExpr { xpr, array_typeid, array_collid, element_typeid, elements, multidims, list_start, list_end, location }
        RowCompareExpr as RowCompareExpr { xpr, cmptype, opnos, opfamilies, inputcollids, largs, rargs }
        JsonConstructorExpr as JsonConstructorExpr { xpr, r#type, args, func, coercion, returning, absent_on_null, unique, location }
        JsonExpr as JsonExpr { xpr, op, column_name, formatted_expr, format, path_spec, returning, passing_names, passing_values, on_empty, on_error, use_io_coercion, use_json_coercion, wrapper, omit_quotes, collation, location }
        JsonTablePath as JsonTablePath { name }
        JsonTablePathScan as JsonTablePathScan { plan, path, error_on_error, child, col_min, col_max }
        JsonTableSiblingJoin as JsonTableSiblingJoin { plan, lplan, rplan }
        MergeAction as MergeAction { match_kind, command_type, r#override, qual, target_list, update_colnos }
        CoerceToDomain as CoerceToDomain { xpr, arg, resulttype, resulttypmod, resultcollid, coercionformat, location }
        CoerceToDomainValue as CoerceToDomainValue { xpr, type_id, type_mod, collation, location }
        NextValueExpr as NextValueExpr { xpr, seqid, type_id }
        InferenceElem as InferenceElem { xpr, expr, infercollid, inferopclass }
        ReturningExpr as ReturningExpr { xpr, retlevelsup, retold, retexpr }
        TargetEntry as TargetEntry { xpr, expr, resno, resname, ressortgroupref, resorigtbl, resorigcol, resjunk }
        RangeTblRef as RangeTblRef { rtindex }
        FromExpr as FromExpr { fromlist, quals }
        OnConflictExpr as OnConflictExpr { action, arbiter_elems, arbiter_where, constraint, on_conflict_set, on_conflict_where, excl_rel_index, excl_rel_tlist }
        Query as Query { command_type, query_source, can_set_tag, utility_stmt, result_relation, has_aggs, has_window_funcs, has_target_srfs, has_sub_links, has_distinct_on, has_recursive, has_modifying_cte, has_for_update, has_row_security, has_group_rte, is_return, cte_list, rtable, rteperminfos, jointree, merge_action_list, merge_target_relation, merge_join_condition, target_list, r#override, on_conflict, returning_old_alias, returning_new_alias, returning_list, group_clause, group_distinct, grouping_sets, having_qual, window_clause, distinct_clause, sort_clause, limit_offset, limit_count, limit_option, row_marks, set_operations, constraint_deps, with_check_options, stmt_location, stmt_len }
        RangeTblEntry as RangeTblEntry { alias, eref, rtekind, relid, inh, relkind, rellockmode, perminfoindex, tablesample, subquery, security_barrier, jointype, joinmergedcols, joinaliasvars, joinleftcols, joinrightcols, join_using_alias, functions, funcordinality, tablefunc, values_lists, ctename, ctelevelsup, self_reference, coltypes, coltypmods, colcollations, enrname, enrtuples, groupexprs, lateral, in_from_cl, security_quals }
        RtePermissionInfo as RtepermissionInfo { relid, inh, required_perms, check_as_user, selected_cols, inserted_cols, updated_cols }
        RangeTblFunction as RangeTblFunction { funcexpr, funccolcount, funccolnames, funccoltypes, funccoltypmods, funccolcollations, funcparams }
        TableSampleClause as TableSampleClause { tsmhandler, args, repeatable }
        WithCheckOption as WithCheckOption { kind, relname, polname, qual, cascaded }
        SortGroupClause as SortGroupClause { tle_sort_group_ref, eqop, sortop, reverse_sort, nulls_first, hashable }
        WindowClause as WindowClause { name, refname, partition_clause, order_clause, frame_options, start_offset, end_offset, start_in_range_func, end_in_range_func, in_range_coll, in_range_asc, in_range_nulls_first, winref, copied_order }
        RowMarkClause as RowMarkClause { rti, strength, wait_policy, pushed_down }
        SetOperationStmt as SetOperationStmt { op, all, larg, rarg, col_types, col_typmods, col_collations, group_clauses }
        InlineCodeBlock as InlineCodeBlock { source_text, lang_oid, lang_is_trusted, atomic }
        CallContext as CallContext { atomic }
        IntList as IntList { items }
        OidList as OidList { items }
    }
}
