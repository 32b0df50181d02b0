using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Sandbox.Supervisor.Entities;

/// <summary>SQL made of names of the catalog and of parameters: no text of a script is ever part of it.</summary>
internal sealed class Statement
{
    private readonly StringBuilder _sql = new();
    private readonly List<string?> _parameters = [];

    /// <summary>Parameters that PostgreSQL takes in one statement, with room for ours.</summary>
    public const int ParametersMax = 65_000;

    public int Parameters => _parameters.Count;

    public Statement Add(string sql)
    {
        _sql.Append(sql);
        return this;
    }

    /// <summary>A column of the entity's table, which all statements call <c>t</c>.</summary>
    public Statement Column(string name) => Add("t.").Name(name);

    public Statement Name(string name)
    {
        _sql.Append('"').Append(name.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        return this;
    }

    /// <summary>A value, sent as text and cast to its column's type.</summary>
    public Statement Value(string? text, ColumnType type)
    {
        _parameters.Add(text);
        _sql.Append(CultureInfo.InvariantCulture, $"${_parameters.Count}::{type.SqlName}{(type.IsArray && !type.SqlName.EndsWith("[]", StringComparison.Ordinal) ? "[]" : "")}");
        return this;
    }

    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(_sql.ToString());
        foreach (var parameter in _parameters) command.Parameters.Add(new NpgsqlParameter { Value = (object?)parameter ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown });
        return command;
    }
}
