namespace Sandbox.Protocol.Api;

/// <summary>A page for whoever is signed in, whatever the role: it is about the reader. <see cref="NeedsAttribute"/> outranks it.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NeedsSignInAttribute : Attribute;
