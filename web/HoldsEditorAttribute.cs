namespace Sandbox.Web;

/// <summary>On a page that holds the code editor, which needs a wider Content-Security-Policy.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class HoldsEditorAttribute : Attribute;
